#include <tapedeck/layer/core.hpp>

#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <thread>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/live_report.hpp"
#include "app/publish_ports.hpp"
#include "app/session.hpp"
#include "app/source_report.hpp"
#include "base/text.hpp"
#include "live/live_engine.hpp"
#include "net/tape.hpp"
#include "net/url.hpp"
#include "observe/log.hpp"
#include "plugins/worker.hpp"
#include "query/facts_service.hpp"
#include "runtime/cache_switch.hpp"
#include "runtime/memory_cache.hpp"

namespace tapedeck {
namespace {

constexpr Nanos kLookForReload = 200'000'000;
constexpr Nanos kDrain = 3 * kSecond;  // of the five that a stop may take
constexpr Nanos kPublish = kSecond;  // for the last events, after the pipelines have stopped
constexpr Nanos kLeave = 4'700'000'000;
constexpr std::size_t kCacheBytes = 16 * 1024 * 1024;  // of vendors' answers

// Each client of the stream is a descriptor: as many as the system lets us have.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// What keeps the host from answering: a store that cannot be read.
std::vector<std::string> not_ready(Session &session) {
  std::vector<std::string> reasons;
  const auto deployment = session.deployment();
  const CancelToken token(session.cancel(), 5 * kSecond);
  for (const auto &[name, pool] : deployment->runtime->pools()) try {
      pool->lease(token.raw())->health();
    } catch (const Error &e) {
      reasons.push_back(printable(e.what(), 400));
    }
  return reasons;
}

// So that their budgets are known before the first request.
void open_sources(Session &session) {
  for (const auto &p : session.config().pipelines)
    for (const auto &s : p.sources) session.runtime().info_of(s.name);
}

// What the live side gets of the deployment that is current now.
LivePorts live_ports(Session &session, LiveHub &hub, Publisher &publisher) {
  const auto d = session.deployment();
  LivePorts ports;
  ports.config = std::shared_ptr<const Config>(d, &d->config);
  ports.open_provider = [d](const std::string &s, Priority p) { return d->runtime->open_provider(s, p); };
  ports.open_storage = [&publisher, of = publish_ports(d)](const std::string &s) { return publisher.open_storage(of, s); };
  ports.on_source = [&publisher](SourceEvent event) { publisher.put(std::move(event)); };
  ports.info_of = [d](const std::string &s) { return d->runtime->info_of(s); };
  ports.version_of = [d](const std::string &s) { return d->runtime->version_of(s); };
  ports.hub = &hub;
  ports.metrics = &session.metrics();
  ports.clock = &session.clock();
  return ports;
}

// Throws Error: both at once, or a folder that cannot be used.
std::shared_ptr<Tape> make_tape(const RunOptions &options, Clock &clock) {
  if (!options.record.empty() && !options.replay.empty())
    throw Error(TDK_INVALID_ARGUMENT, "--record and --replay exclude each other; give one");
  if (!options.replay.empty()) return Tape::replay(options.replay, options.replay_speed, clock);
  if (options.record.empty()) return nullptr;
  return Tape::record(options.record, clock, [](const std::string &why) { log(LogLevel::Error, "record", why); });
}

std::string list(const char *what, const std::vector<std::string> &names) {
  return names.empty() ? "" : std::string("; ") + what + " " + join(names, ", ");
}

[[noreturn]] void leave(int code) {
  std::fflush(nullptr);
  _exit(code);
}

// Ends the process when a stop takes too long, whatever it waits for: what was accepted is in the store or
// in the spool by then, and a plugin that hangs is none the wiser. Lifecycle: watches while it lives.
class LastResort {
 public:
  explicit LastResort(const CancelSource &cancel) : thread_([this, &cancel] { watch(cancel); }) {}
  ~LastResort() {
    over_.cancel();
    thread_.join();
  }
  LastResort(const LastResort &) = delete;
  LastResort &operator=(const LastResort &) = delete;

 private:
  void watch(const CancelSource &cancel) {
    pollfd either[2] = {{cancel.wait_fd(), POLLIN, 0}, {over_.wait_fd(), POLLIN, 0}};
    while (!cancel.cancelled() && !over_.cancelled()) poll(either, 2, -1);
    const CancelToken token(over_);
    if (system_clock().sleep_ns(kLeave, token.raw()) != TDK_OK) return;
    log(LogLevel::Error, "run", "not everything ended in time: leaving the rest");
    leave(kExitError);
  }

  CancelSource over_;
  std::thread thread_;
};

// The host: everything that `run` keeps alive. Threads: one.
class Host {
 public:
  Host(const std::vector<std::string> &files, const RunOptions &options) : session_(files) {
    if (auto tape = make_tape(options, session_.clock())) session_.use_tape(std::move(tape));
  }

  int run() {
    check_something_to_do();
    raise_descriptor_limit();
    const SignalGuard guard(session_.cancel(), true);
    const LastResort last_resort(session_.cancel());
    open_sources(session_);
    for (const auto &reason : not_ready(session_)) log(LogLevel::Warn, "run", reason);
    start_api();
    apply("started");
    const CancelToken token(session_.cancel());
    while (session_.clock().sleep_ns(kLookForReload, token.raw()) == TDK_OK)
      if (SignalGuard::take_reload()) reload();
    log(LogLevel::Info, "run", "stopping");
    engine_.stop(kDrain);
    publisher_.stop(kPublish);
    if (server_) server_->stop();
    // A thread that a plugin never gave back would use what the destructors take away.
    if (threads_left_behind() > 0) leave(kExitOk);
    return kExitOk;
  }

 private:
  void check_something_to_do() const {
    const auto &c = session_.config();
    const bool live = std::any_of(c.pipelines.begin(), c.pipelines.end(),
                                  [](const PipelineConfig &p) { return p.stream || p.backfill || !p.publish.empty(); });
    if (!c.api && !live)
      throw Error(TDK_INVALID_ARGUMENT,
                  "nothing to run: the configuration has no 'api' and no pipeline has a 'stream', 'backfill' or 'publish'; add api: { "
                  "listen: \"127.0.0.1:8080\" } or stream: {} to a pipeline");
  }

  ApiPorts api_ports() {
    return {session_.query(),
            [this] { return sources(); },
            [this] {
              const auto deployment = session_.deployment();
              return session_.metrics().text() + source_metrics(deployment->runtime->sources()) +
                     live_metrics(engine_.states()) + api_metrics(server_->counts());
            },
            [this] { return not_ready(session_); },
            TAPEDECK_VERSION,
            session_.clock(),
            [](const std::string &line) { log(LogLevel::Debug, "api", line); },
            [](const std::string &line) { log(LogLevel::Warn, "api", line); },
            &hub_,
            &facts_};
  }

  // What the API asks vendors for, of the deployment that is current now.
  void connect_facts() {
    const auto d = session_.deployment();
    FactsPorts ports;
    // Before what is filled in later, behind what streams: a client waits, but less than a trader does.
    ports.open_provider = [&r = *d->runtime](const std::string &s) { return r.open_provider(s, Priority::Repair); };
    ports.version_of = [&r = *d->runtime](const std::string &s) { return r.version_of(s); };
    for (const auto &source : d->runtime->sources()) ports.providers.push_back(source.name);
    cache_.use(cache_of(d));
    facts_.replace(d->config, d->runtime->pools(), std::move(ports), d);
  }

  std::shared_ptr<Cache> cache_of(const std::shared_ptr<Session::Deployment> &d) {
    const std::string name = d->config.cache();
    if (name.empty()) return memory_;
    return {d->runtime->open_cache(name).release(), [d](const Cache *cache) { delete cache; }};
  }

  std::vector<SourceStatus> sources() {
    const auto deployment = session_.deployment();
    const auto live = engine_.states();
    std::vector<SourceStatus> out;
    for (const auto &s : deployment->runtime->sources()) {
      out.push_back(source_status(s, session_.clock().now_ns()));
      add_streams(out.back(), live);
    }
    return out;
  }

  void start_api() {
    if (!session_.config().api) return;
    connect_facts();
    server_ = std::make_unique<ApiServer>(*session_.config().api, api_ports());
    server_->start();
    Url url;
    url.host = session_.config().api->host;
    url.port = server_->port();
    log(LogLevel::Info, "run", "serving http://" + url.host_and_port());
  }

  void apply(const char *what) {
    publisher_.apply(publish_ports(session_.deployment()));
    const LiveChange change = engine_.apply(live_ports(session_, hub_, publisher_));
    for (const auto &failed : change.failed)
      log(LogLevel::Error, "run", "pipeline " + failed + "; it does not run until that is mended and SIGHUP sent");
    log(LogLevel::Info, "run",
        std::string(what) + list("started", change.started) + list("restarted", change.restarted) +
            list("stopped", change.stopped) + list("untouched", change.kept));
  }

  // A broken file changes nothing.
  void reload() {
    log(LogLevel::Info, "run", "reading the configuration again");
    const auto api = session_.config().api;
    try {
      session_.reload();
    } catch (const Session::Refused &) {
      log(LogLevel::Error, "run", "the configuration is broken, see above; the old one runs on");
      return;
    } catch (const std::exception &e) {
      log(LogLevel::Error, "run", std::string("reading the configuration: ") + e.what() + "; the old one runs on");
      return;
    }
    if (server_) connect_facts();
    const auto &now = session_.config().api;
    if (api.has_value() != now.has_value() || (api && (api->host != now->host || api->port != now->port)))
      log(LogLevel::Warn, "run", "'api' has changed: that takes effect after a restart");
    apply("reloaded");
  }

  Session session_;
  LiveHub hub_;
  Publisher publisher_{session_.metrics(), session_.clock()};
  std::shared_ptr<MemoryCache> memory_ = std::make_shared<MemoryCache>(kCacheBytes, session_.clock());
  CacheSwitch cache_{memory_};
  FactsService facts_{cache_, session_.clock(), [](const std::string &why) { log(LogLevel::Warn, "api", why); }};
  std::unique_ptr<ApiServer> server_;
  LiveEngine engine_;
};

}  // namespace

int cmd_run(const std::vector<std::string> &files, const RunOptions &options) { return Host(files, options).run(); }

}  // namespace tapedeck
