#include <tapedeck/layer/core.hpp>

#include <cstdio>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/session.hpp"
#include "app/source_report.hpp"
#include "base/text.hpp"
#include "observe/log.hpp"

namespace tapedeck {
namespace {

// What keeps the host from answering: a store that cannot be read.
std::vector<std::string> not_ready(Session &session) {
  std::vector<std::string> reasons;
  const CancelToken token(session.cancel(), 5 * kSecond);
  for (const auto &[name, pool] : session.runtime().pools()) try {
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

ApiPorts ports_of(Session &session, std::unique_ptr<ApiServer> &server) {
  return {session.query(),
          [&session] {
            std::vector<SourceStatus> out;
            for (const auto &s : session.runtime().sources()) out.push_back(source_status(s, session.clock().now_ns()));
            return out;
          },
          [&session, &server] {
            return session.metrics().text() + source_metrics(session.runtime().sources()) + api_metrics(server->counts());
          },
          [&session] { return not_ready(session); },
          TAPEDECK_VERSION,
          session.clock(),
          [](const std::string &line) { log(LogLevel::Debug, "api", line); },
          [](const std::string &line) { log(LogLevel::Warn, "api", line); }};
}

}  // namespace

int cmd_run(const std::vector<std::string> &files) {
  Session session(files);
  if (!session.config().api)
    throw Error(TDK_INVALID_ARGUMENT,
                "nothing to run: the configuration has no 'api'; add api: { listen: \"127.0.0.1:8080\" }");
  SignalGuard guard(session.cancel());
  open_sources(session);
  for (const auto &reason : not_ready(session)) log(LogLevel::Warn, "run", reason);
  std::unique_ptr<ApiServer> server;
  server = std::make_unique<ApiServer>(*session.config().api, ports_of(session, server));
  server->start();
  log(LogLevel::Info, "run", "serving http://" + session.config().api->host + ":" + std::to_string(server->port()));
  const CancelToken token(session.cancel());
  session.clock().sleep_ns(INT64_MAX / 2, token.raw());
  log(LogLevel::Info, "run", "stopping");
  server->stop();
  return kExitOk;
}

}  // namespace tapedeck
