// How a Connection comes about: parameters, time-outs, what a session is told first.
#include "connection.hpp"

#include <poll.h>

#include <algorithm>
#include <array>

namespace tapedeck::postgres {
namespace {

using std::chrono::milliseconds;

// libpq keeps the refusal's SQLSTATE to itself but for its place in the text, "FATAL:  28P01: why". Takes
// it out of there; empty for what never reached a server.
std::string take_sqlstate(std::string &text) {
  for (std::size_t at = text.find(":  "); at != std::string::npos; at = text.find(":  ", at + 1)) {
    const std::string state = text.substr(at + 3, 5);
    const bool code = state.size() == 5 && text.substr(at + 8, 2) == ": " &&
                      std::all_of(state.begin(), state.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); });
    if (!code) continue;
    text.erase(at + 2, 7);
    if (const auto where = text.find("\nLOCATION:"); where != std::string::npos) text.erase(where);
    return state;
  }
  return {};
}

std::string on_one_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  for (char &c : text)
    if (c == '\n' || c == '\t') c = ' ';
  return text;
}

std::string millis(milliseconds m) { return std::to_string(m.count()); }

constexpr const char *kSession =
    "SELECT set_config('search_path', quote_ident($1) || ', pg_temp', false),"
    " set_config('statement_timeout', $2, false), set_config('lock_timeout', $3, false),"
    " set_config('synchronous_commit', $4, false), set_config('default_transaction_read_only', $5, false),"
    " set_config('TimeZone', 'UTC', false), set_config('client_min_messages', 'warning', false),"
    // Streams are read in order and from the front: an index, never a sort of everything.
    " set_config('cursor_tuple_fraction', '0.01', false), set_config('jit', 'off', false),"
    // Prepared statements go by keys: they need no plan of their own for each page, which took as long as the
    // page. Partitions are chosen while they run.
    " set_config('plan_cache_mode', 'force_generic_plan', false)";

}  // namespace

Connection::Handle Connection::connect() const {
  const auto &s = settings_;
  const std::array<std::pair<const char *, std::string>, 14> all = {{{"host", s.host},
                                                                      {"port", s.port},
                                                                      {"dbname", s.database},
                                                                      {"user", s.user},
                                                                      {"password", s.password},
                                                                      {"sslmode", s.sslmode},
                                                                      {"sslrootcert", s.sslrootcert},
                                                                      {"sslcert", s.sslcert},
                                                                      {"sslkey", s.sslkey},
                                                                      {"client_encoding", "UTF8"},
                                                                      {"application_name", "tapedeck"},
                                                                      // A peer that vanished without a word is noticed.
                                                                      {"keepalives_idle", "30"},
                                                                      {"keepalives_interval", "10"},
                                                                      {"tcp_user_timeout", "60000"}}};
  std::vector<const char *> keys, values;
  for (const auto &[key, value] : all)
    if (!value.empty()) keys.push_back(key), values.push_back(value.c_str());
  keys.push_back(nullptr), values.push_back(nullptr);
  // No expansion: a database called "host=elsewhere" is a name.
  Handle handle(PQconnectStartParams(keys.data(), values.data(), 0));
  if (!handle) throw std::bad_alloc();
  PQsetErrorVerbosity(handle.get(), PQERRORS_VERBOSE);
  finish_connecting(handle);
  PQsetErrorVerbosity(handle.get(), PQERRORS_DEFAULT);
  PQsetNoticeProcessor(handle.get(), [](void *, const char *) {}, nullptr);
  return handle;
}

void Connection::finish_connecting(Handle &handle) const {
  const std::int64_t deadline = host_.monotonic() + settings_.connect_timeout.count() * 1'000'000;
  auto state = PGRES_POLLING_WRITING;
  while (PQstatus(handle.get()) != CONNECTION_BAD && state != PGRES_POLLING_OK && state != PGRES_POLLING_FAILED) {
    const std::int64_t left = (deadline - host_.monotonic()) / 1'000'000;
    if (left <= 0) throw ServerError(TDK_UNAVAILABLE, said("no answer within connect_timeout", meaning_of("").advice), "");
    if (cancel_ != nullptr) cancel_->check();
    pollfd wait{PQsocket(handle.get()), static_cast<short>(state == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
    if (poll(&wait, 1, static_cast<int>(std::min<std::int64_t>(left, 100))) > 0) state = PQconnectPoll(handle.get());
  }
  if (PQstatus(handle.get()) == CONNECTION_OK) return;
  std::string text = PQerrorMessage(handle.get());
  const std::string sqlstate = take_sqlstate(text);
  const Meaning meaning = meaning_of(sqlstate);
  throw ServerError(meaning.status, said(on_one_line(text), meaning.advice), sqlstate);
}

void Connection::open() {
  if (is_open()) return;
  close();
  const std::int64_t deadline = host_.monotonic() + settings_.reconnect_timeout.count() * 1'000'000;
  for (std::int64_t pause = 20'000'000;; pause = std::min<std::int64_t>(2 * pause, 500'000'000)) {
    try {
      connection_ = connect();
      return set_up();
    } catch (const ServerError &e) {
      close();
      if (!means_away(e.sqlstate()) || host_.monotonic() + pause > deadline) throw;
    }
    host_.sleep(pause, cancel_ != nullptr ? *cancel_ : Cancel(nullptr));
  }
}

void Connection::set_up() {
  ++session_;
  if (const int version = PQserverVersion(connection_.get()); version < kOldestServer)
    fail(TDK_INCOMPATIBLE, "the server is PostgreSQL " + std::to_string(version / 10000), "Tapedeck needs 13 or later; update the server");
  // The role first: what follows is the role's own.
  if (!settings_.role.empty()) once("SELECT set_config('role', $1, false)", Params().text(settings_.role));
  once(kSession, Params()
                     .text(settings_.schema)
                     .text(millis(settings_.statement_timeout))
                     .text(millis(settings_.lock_timeout))
                     .text(settings_.synchronous_full ? "on" : "off")
                     .text(settings_.read_only ? "on" : "off"));
}

}  // namespace tapedeck::postgres
