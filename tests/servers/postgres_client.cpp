#include "postgres_client.hpp"

#include <libpq-fe.h>

#include <stdexcept>

namespace tapedeck::servers {
namespace {

struct Refused : std::runtime_error {
  Refused(std::string sqlstate, const std::string &what) : std::runtime_error(sqlstate + " " + what), state(std::move(sqlstate)) {}
  std::string state;
};

std::string row_of(const PGresult *result, int row) {
  std::string line;
  for (int i = 0; i < PQnfields(result); ++i) {
    if (i > 0) line += '|';
    line += PQgetisnull(result, row, i) ? "NULL" : PQgetvalue(result, row, i);
  }
  return line;
}

}  // namespace

void PostgresClient::Finish::operator()(pg_conn *c) const { PQfinish(c); }

PostgresClient::PostgresClient(const std::string &connection) : connection_(PQconnectdb(connection.c_str())) {
  if (PQstatus(connection_.get()) != CONNECTION_OK) throw Refused("", PQerrorMessage(connection_.get()));
  PQsetNoticeProcessor(connection_.get(), [](void *, const char *) {}, nullptr);
}

std::vector<std::string> PostgresClient::rows(const std::string &sql) const {
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection_.get(), sql.c_str()), &PQclear);
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    const char *state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
    throw Refused(state != nullptr ? state : "", sql + ": " + PQerrorMessage(connection_.get()));
  }
  std::vector<std::string> out;
  for (int i = 0; i < PQntuples(result.get()); ++i) out.push_back(row_of(result.get(), i));
  return out;
}

std::string PostgresClient::text(const std::string &sql) const { return rows(sql).at(0); }
std::int64_t PostgresClient::number(const std::string &sql) const { return std::stoll(text(sql)); }

std::string PostgresClient::refusal(const std::string &sql) const {
  try {
    rows(sql);
    return "";
  } catch (const Refused &e) {
    return e.state;
  }
}

}  // namespace tapedeck::servers
