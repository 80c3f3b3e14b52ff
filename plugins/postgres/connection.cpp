#include "connection.hpp"

#include <poll.h>

#include <charconv>

namespace tapedeck::postgres {
namespace {

constexpr int kPollMs = 100;            // how soon somebody who gave up is noticed
constexpr std::uint64_t kAhead = 500;   // statements that are sent before their answers are read

bool is_answer(const Result &r) {
  const auto status = PQresultStatus(r.raw());
  return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

std::string field(const PGresult *result, int code) {
  const char *text = PQresultErrorField(result, code);
  return text != nullptr ? text : "";
}

}  // namespace

std::uint64_t Result::changed() const {
  const std::string_view text = PQcmdTuples(result_.get());
  std::uint64_t n = 0;
  std::from_chars(text.data(), text.data() + text.size(), n);
  return n;
}

Connection::Connection(const Host &host, const Settings &settings)
    : host_(host), settings_(settings), name_(settings.name()) {}

Connection::~Connection() = default;

void Connection::close() {
  connection_.reset();
  prepared_.clear();
  awaits_ = false;
}

std::string Connection::said(std::string_view what, std::string_view advice) const {
  std::string text = task_;
  text.append(" ").append(name_).append(": ").append(what).append("; ").append(advice);
  return text;
}

void Connection::fail(tdk_status status, std::string_view what, std::string_view advice) const {
  throw Error(status, said(what, advice));
}

void Connection::fail_lost() const {
  throw ServerError(TDK_UNAVAILABLE, said("the connection was lost", meaning_of("").advice), "");
}

void Connection::fail(const PGresult *result) const {
  const std::string sqlstate = field(result, PG_DIAG_SQLSTATE);
  if (sqlstate.empty()) fail_lost();
  const Meaning meaning = meaning_of(sqlstate);
  std::string what = field(result, PG_DIAG_MESSAGE_PRIMARY);
  if (meaning.status == TDK_INTERNAL) what += " (" + sqlstate + ")";
  throw ServerError(meaning.status, said(what, meaning.advice), sqlstate);
}

void Connection::expect(const Result &result) const {
  if (!is_answer(result)) fail(result.raw());
}

// Until there is something to read, or whoever asked has given up.
void Connection::wait_readable() {
  pollfd wait{PQsocket(connection_.get()), POLLIN, 0};
  if (poll(&wait, 1, kPollMs) == 0 && cancel_ != nullptr && cancel_->requested()) {
    call_off();
    cancel_->check();
  }
}

Result Connection::next_result() {
  while (PQisBusy(connection_.get()) != 0) {
    wait_readable();
    if (PQconsumeInput(connection_.get()) == 0) break;  // PQgetResult() tells why
  }
  return Result(PQgetResult(connection_.get()));
}

// The answer of one statement and the end of it.
Result Connection::only_result() {
  awaits_ = true;
  Result answer = next_result();
  if (answer.raw() == nullptr) fail_lost();
  for (Result more = next_result(); more.raw() != nullptr; more = next_result())
    if (!is_answer(more)) answer = std::move(more);
  awaits_ = false;
  expect(answer);
  return answer;
}

void Connection::prepare(const char *sql, const Params &params) {
  if (prepared_.contains(sql)) return;
  std::string name = "t" + std::to_string(prepared_.size());
  if (PQsendPrepare(connection_.get(), name.c_str(), sql, params.count(), params.types()) == 0) fail_lost();
  only_result();
  prepared_[sql] = std::move(name);
}

Result Connection::run(const char *sql, const Params &params) {
  prepare(sql, params);
  if (PQsendQueryPrepared(connection_.get(), prepared_[sql].c_str(), params.count(), params.values().data(),
                          params.sizes(), params.formats(), 1) == 0)
    fail_lost();
  return only_result();
}

Result Connection::once(const char *sql, const Params &params) {
  if (PQsendQueryParams(connection_.get(), sql, params.count(), params.types(), params.values().data(),
                        params.sizes(), params.formats(), 1) == 0)
    fail_lost();
  return only_result();
}

void Connection::script(const std::string &sql) {
  if (PQsendQuery(connection_.get(), sql.c_str()) == 0) fail_lost();
  only_result();
}

void Connection::run_all(const char *sql, std::uint64_t count,
                         const std::function<void(std::uint64_t, Params &)> &bind) {
  Params params;
  for (std::uint64_t done = 0; done < count;) {
    const std::uint64_t end = std::min(count, done + kAhead);
    bind(done, params);
    prepare(sql, params);
    if (PQenterPipelineMode(connection_.get()) == 0) fail_lost();
    awaits_ = true;
    for (std::uint64_t i = done; i < end; ++i, params.clear()) {
      if (i > done) bind(i, params);
      if (PQsendQueryPrepared(connection_.get(), prepared_[sql].c_str(), params.count(), params.values().data(),
                              params.sizes(), params.formats(), 1) == 0)
        fail_lost();
    }
    if (PQpipelineSync(connection_.get()) == 0) fail_lost();
    Result refused;
    for (Result r = next_result();; r = next_result()) {
      if (PQstatus(connection_.get()) == CONNECTION_BAD) fail_lost();
      if (r.raw() == nullptr) continue;  // between two statements
      if (PQresultStatus(r.raw()) == PGRES_PIPELINE_SYNC) break;
      if (PQresultStatus(r.raw()) == PGRES_FATAL_ERROR) refused = std::move(r);
    }
    PQexitPipelineMode(connection_.get());
    awaits_ = false;
    if (refused.raw() != nullptr) fail(refused.raw());
    done = end;
  }
}

void Connection::send(const char *sql) {
  if (PQsendQueryParams(connection_.get(), sql, 0, nullptr, nullptr, nullptr, nullptr, 1) == 0) fail_lost();
  awaits_ = true;
  flush();
}

Result Connection::receive() { return only_result(); }

void Connection::flush() {
  while (PQflush(connection_.get()) == 1) {
    pollfd wait{PQsocket(connection_.get()), POLLIN | POLLOUT, 0};
    if (poll(&wait, 1, kPollMs) > 0 && (wait.revents & POLLIN) != 0) PQconsumeInput(connection_.get());
  }
}

// Asks the server to end what it is doing; the answer says whether it did.
void Connection::call_off() noexcept {
  char ignored[256];
  if (PGcancel *cancel = PQgetCancel(connection_.get())) {
    PQcancel(cancel, ignored, sizeof ignored);
    PQfreeCancel(cancel);
  }
}

void Connection::abandon() noexcept {
  if (!connection_) return;
  cancel_ = nullptr;
  const bool asked = awaits_ || PQtransactionStatus(connection_.get()) == PQTRANS_ACTIVE;
  if (asked && PQpipelineStatus(connection_.get()) != PQ_PIPELINE_OFF) return close();
  if (asked) {
    call_off();
    PQputCopyEnd(connection_.get(), "called off");  // ends a COPY; nothing else minds
    for (PGresult *r = PQgetResult(connection_.get()); r != nullptr; r = PQgetResult(connection_.get())) {
      const bool copying = PQresultStatus(r) == PGRES_COPY_IN || PQresultStatus(r) == PGRES_COPY_OUT;
      PQclear(r);
      if (copying || PQstatus(connection_.get()) == CONNECTION_BAD) return close();
    }
    awaits_ = false;
  }
  if (PQtransactionStatus(connection_.get()) == PQTRANS_IDLE) return;
  PGresult *r = PQexec(connection_.get(), "ROLLBACK");
  const bool done = PQresultStatus(r) == PGRES_COMMAND_OK;
  PQclear(r);
  if (!done) close();
}

void Connection::copy_begin(const char *sql) {
  if (PQsendQuery(connection_.get(), sql) == 0) fail_lost();
  awaits_ = true;
  const Result answer = next_result();
  if (answer.raw() == nullptr) fail_lost();
  if (PQresultStatus(answer.raw()) != PGRES_COPY_IN) fail(answer.raw());
}

void Connection::copy_data(std::string_view bytes) {
  if (PQputCopyData(connection_.get(), bytes.data(), static_cast<int>(bytes.size())) != 1) fail_lost();
}

void Connection::copy_end() {
  if (PQputCopyEnd(connection_.get(), nullptr) != 1) fail_lost();
  only_result();
}

}  // namespace tapedeck::postgres
