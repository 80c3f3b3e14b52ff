#include "postgres_server.hpp"

#include "child.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace tapedeck::bench {
namespace {

using conformance::FakeHost;

double seconds(const timeval &t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; }

// Of this process, or of the children that it has waited for.
double own_cpu_s(int who) {
  rusage used{};
  getrusage(who, &used);
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

// proc(5): of the process and of the children that it has waited for.
double tree_cpu_s(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string text((std::istreambuf_iterator<char>(in)), {});
  std::istringstream fields(text.substr(std::min(text.rfind(')') + 1, text.size())));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  double sum = 0;
  for (int i = 0; i < 4; ++i) {
    double ticks = 0;
    fields >> ticks;
    sum += ticks;
  }
  return sum / static_cast<double>(sysconf(_SC_CLK_TCK));
}

// Those that it has not waited for yet included.
std::int64_t children_of(pid_t parent) {
  std::int64_t children = 0;
  for (const auto &entry : std::filesystem::directory_iterator("/proc")) {
    if (entry.path().filename().string().find_first_not_of("0123456789") != std::string::npos) continue;
    std::ifstream in(entry.path() / "stat");
    std::string text((std::istreambuf_iterator<char>(in)), {}), state;
    std::istringstream fields(text.substr(std::min(text.rfind(')') + 1, text.size())));
    pid_t of = 0;
    if (fields >> state >> of && of == parent) ++children;
  }
  return children;
}

}  // namespace

PostgresServer::PostgresServer() : server_({.config = {"shared_buffers=128MB"}}) {}

void PostgresServer::use_timescaledb() {
  client("public").execute("CREATE DATABASE timescale");
  database_ = "timescale";
  client("public").execute("CREATE EXTENSION timescaledb SCHEMA public");
}

conformance::Options PostgresServer::options(const std::string &schema) const {
  return {{"host", server_.directory().string()},
          {"port", std::to_string(server_.port())},
          {"database", database_},
          {"user", server_.kUser},
          {"schema", schema}};
}

void PostgresServer::make_store(const std::string &schema, const FakeHost &host) const {
  client("public").execute("SET client_min_messages = warning; DROP SCHEMA IF EXISTS \"" + schema + "\" CASCADE");
  try {
    const conformance::Instance made(POSTGRES_PLUGIN, "postgres", options(schema), host);
  } catch (const conformance::Refused &e) {
    throw std::runtime_error(e.message);
  }
}

void PostgresServer::make_partitions(const std::string &schema, std::int64_t from, std::int64_t to) const {
  const auto month = [](std::int64_t ns) {
    const std::string date = "to_timestamp(" + std::to_string(ns / 1'000'000'000) + ") AT TIME ZONE 'UTC'";
    return "(extract(year FROM " + date + ") * 12 + extract(month FROM " + date + ") - 1)::bigint";
  };
  client(schema).execute("SELECT ensure_months(ARRAY(SELECT generate_series(" + month(from) + ", " + month(to) + ")))");
}

servers::PostgresClient PostgresServer::client(const std::string &schema) const {
  servers::PostgresClient client(server_.connection(database_));
  client.execute("SET search_path = \"" + schema + "\"; SET timezone = 'UTC'");
  return client;
}

void PostgresServer::psql(const std::string &schema, const std::vector<std::string> &commands) const {
  std::vector<std::string> line = {server_.program("psql").string(), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d",
                                   server_.connection(database_)};
  for (const std::string &c : commands) line.insert(line.end(), {"-c", c});
  run_or_throw(line, {"PGOPTIONS=-c search_path=" + schema + " -c timezone=UTC"});
}

double PostgresServer::cpu_s() const {
  return tree_cpu_s(server_.pid()) + own_cpu_s(RUSAGE_SELF) + own_cpu_s(RUSAGE_CHILDREN);
}

// The server counts a process's time when it has waited for it.
void PostgresServer::wait_alone() const {
  const servers::PostgresClient asking = client("public");
  const auto others = [&](const char *whose) {
    return asking.number(std::string("SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid()") + whose);
  };
  while (others(" AND backend_type = 'client backend'") > 0 || others("") + 1 < children_of(server_.pid()))
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

Cost PostgresServer::cost_of(const std::function<void()> &work) const {
  wait_alone();
  client("public").execute("CHECKPOINT");
  const double cpu = cpu_s();
  const auto began = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  wait_alone();
  return {took.count(), cpu_s() - cpu};
}

}  // namespace tapedeck::bench
