#include "live_world.hpp"

#include <tapedeck/layer/core.hpp>

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "config/load_config.hpp"

namespace tapedeck::chaos {
namespace {

using Millis = std::chrono::milliseconds;
using Micros = std::chrono::microseconds;

sim::Options vendor_options(const WorldSettings &settings) {
  sim::Options options;
  options.seed = settings.seed;
  options.start_ms = settings.start / 1'000'000;
  options.speed = 0;
  return options;
}

Config config_of(const WorldSettings &settings, const std::string &url) {
  std::string symbols;
  for (const auto &s : settings.symbols) symbols += (symbols.empty() ? "" : ", ") + s;
  const std::string text = "version: 1\nplugins:\n  binance: { module: binance, options: { base_url: \"" + url +
                           "/binance\" } }\n  store: { module: memory }\npipelines:\n  - name: live\n    symbols: [" + symbols +
                           "]\n    intervals: [1m]\n    sources: [binance]\n    storage: store\n    stream: { stale_after: 60s }\n" +
                           "    queue: { spool_dir: \"" + settings.spool + "\" }\n";
  LoadedConfig loaded = load_config(std::vector<ConfigText>{{"world", text}}, system_input(settings.start));
  if (!loaded.ok()) throw std::runtime_error(loaded.problems.front().text());
  return std::move(loaded.config);
}

CatalogSettings built_plugins() {
  CatalogSettings settings;
  settings.directories = {PLUGIN_DIRECTORY};
  settings.probe.executable = TAPEDECK_PROGRAM;
  return settings;
}

// Away when the test says so.
class MoodyStorage final : public Storage {
 public:
  MoodyStorage(std::shared_ptr<testing::MemoryStore> store, const std::atomic<bool> &away) : store_(std::move(store)), away_(away) {}
  CommitResult commit(const Commit &c) override { return here().commit(c); }
  CommitResult commit_batch(const CommitBatch &b) override { return here().commit_batch(b); }
  void query(const CandleScan &scan, const OnBatch &on_batch, const tdk_cancel *) override { here().query(scan, on_batch); }
  std::vector<LedgerEntry> coverage(const Series &series, std::string_view source, TimeRange range, const tdk_cancel *) override {
    return here().coverage(series, source, range);
  }
  std::vector<SeriesStat> list_series(const tdk_cancel *) override { return here().list_series(); }
  void health() override { here(); }

 private:
  testing::MemoryStore &here() const {
    if (away_) throw Error(TDK_BUSY, "the storage is away");
    return *store_;
  }
  std::shared_ptr<testing::MemoryStore> store_;
  const std::atomic<bool> &away_;
};

}  // namespace

tdk_status SteppedClock::sleep_ns(std::int64_t ns, const tdk_cancel *cancel) {
  const Nanos end = ns >= INT64_MAX - now_ ? INT64_MAX : now_ + ns;
  while (now_ < end) {
    if (cancel != nullptr && cancel->check(cancel) != TDK_OK) return cancel->check(cancel);
    std::this_thread::sleep_for(Micros(200));
  }
  return TDK_OK;
}

void Witness::on_candle(LiveStage, const LiveSeries &series, const CandleRow &row, std::string_view) noexcept {
  if (row.forming()) return;
  std::lock_guard lock(mutex_);
  finals_[series.series.symbol].insert(row.open_time);
}

void Witness::on_status(const StreamStatus &status) noexcept {
  if (status.state != StreamState::Connected) return;
  std::lock_guard lock(mutex_);
  connected_.push_back(status.at);
}

std::size_t Witness::holes(const std::vector<std::string> &symbols, Nanos from, Nanos to) const {
  std::lock_guard lock(mutex_);
  std::size_t out = 0;
  for (const auto &symbol : symbols) {
    const auto found = finals_.find(symbol);
    std::optional<std::ptrdiff_t> hole;  // by how many connections had begun when its slots were over
    for (Nanos t = from; t < to; t += kMinute) {
      const bool came = found != finals_.end() && found->second.count(t) != 0;
      const auto begun = std::upper_bound(connected_.begin(), connected_.end(), t + kMinute) - connected_.begin();
      out += !came && hole != begun;
      hole = came ? std::nullopt : std::optional(begun);
    }
  }
  return out;
}

LiveWorld::LiveWorld(const WorldSettings &settings)
    : vendor(vendor_options(settings)), config_(std::make_shared<Config>(config_of(settings, vendor.url()))), clock_(settings.start) {
  catalog_ = std::make_unique<PluginCatalog>(built_plugins());
  runtime_ = std::make_unique<Runtime>(*config_, *catalog_, metrics_, clock_);
  hub_.add(witness, static_cast<std::uint32_t>(LiveStage::Received));
  LivePorts ports;
  ports.config = config_;
  ports.open_provider = [this](const std::string &s, Priority p) { return runtime_->open_provider(s, p); };
  ports.open_storage = [this](const std::string &) { return std::make_unique<MoodyStorage>(store, storage_away); };
  ports.info_of = [this](const std::string &s) { return runtime_->info_of(s); };
  ports.version_of = [this](const std::string &s) { return runtime_->version_of(s); };
  ports.hub = &hub_;
  ports.metrics = &metrics_;
  ports.clock = &clock_;
  ports.look_after = Millis(1);
  ports.call_timeout = CancelToken::kForever;
  engine_ = std::make_unique<LiveEngine>();
  const LiveChange change = engine_->apply(ports);
  if (!change.failed.empty()) throw std::runtime_error(change.failed.front());
}

LiveWorld::~LiveWorld() {
  stop();
  hub_.remove(witness);
}

// The drain's deadline is by the clock, so it has to go on.
void LiveWorld::stop() {
  if (!engine_) return;
  std::atomic<bool> stopped{false};
  std::thread ticking([&] {
    while (!stopped) {
      clock_.set(clock_.now_ns() + 10'000'000);
      std::this_thread::sleep_for(Millis(1));
    }
  });
  engine_->stop(3 * kSecond);
  stopped = true;
  ticking.join();
  engine_.reset();
}

LivePipelineState LiveWorld::state() const { return engine_->states().at(0); }

bool LiveWorld::connected() const {
  const auto s = state();
  return s.connected == s.connections;
}

// Most of the time everything sent arrives; what was sent into a connection that is broken never does.
void LiveWorld::await_what_was_sent() {
  std::uint64_t before = state().candles;
  for (int quiet = 0; quiet < 200; ++quiet) {
    if (before + not_received_ >= vendor.messages_sent()) return;
    std::this_thread::sleep_for(Micros(500));
    const std::uint64_t now = state().candles;
    if (now != before) quiet = 0;
    before = now;
  }
  not_received_ = vendor.messages_sent() - before;
}

void LiveWorld::step(Nanos time) {
  vendor.clock().advance(time / 1'000'000);
  if (!vendor.settle()) throw std::runtime_error("the simulator does not settle");
  await_what_was_sent();
  // The messages come to the host at the start of its step, and it looks at what is missing soon after:
  // ten seconds on, it would take the connection for mute.
  const Nanos soon = std::min(time, Nanos{2'600'000'000});
  for (const Nanos part : {soon, time - soon}) {
    clock_.set(clock_.now_ns() + part);
    std::this_thread::sleep_for(Micros(2000));  // the control thread looks at the new time
    for (int i = 0; i < 4000 && state().repairing; ++i) std::this_thread::sleep_for(Micros(500));
  }
}

void LiveWorld::pass(Nanos time) {
  while (time > 0) {
    const Nanos next = std::min(time, connected() ? 10 * kSecond : kSecond / 4);
    step(next);
    time -= next;
  }
}

void LiveWorld::inject(sim::Fault fault) {
  fault.vendor = "binance";
  fault.on_stream = true;
  vendor.inject(std::move(fault));
}

CandleColumns LiveWorld::truth(const std::string &symbol, Nanos from, Nanos to) {
  CandleColumns out;
  auto provider = runtime_->open_provider("binance", Priority::Live);
  for (Nanos t = from; t < to; t += 1000 * kMinute)
    provider->fetch_candles({{symbol, *Interval::parse("1m")}, {t, std::min(t + 1000 * kMinute, to)}, 0, false}, out, nullptr);
  return out;
}

}  // namespace tapedeck::chaos
