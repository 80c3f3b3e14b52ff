// Opening: what is refused, and whether the refusal says what to do.
#include "test_store.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tapedeck::postgres {
namespace {

using conformance::Commit;
using conformance::FakeHost;
using conformance::Options;
using conformance::Refused;
using servers::PrivatePostgres;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Open : public testing::Test {
 protected:
  Refused refusal(const Options &options) {
    try {
      open_plugin(options, host_);
    } catch (const Refused &r) {
      EXPECT_EQ(r.message.find('\n'), std::string::npos) << r.message;
      EXPECT_THAT(r.message, Not(HasSubstr(PrivatePostgres::kPassword)));
      return r;
    }
    ADD_FAILURE() << "it was opened";
    return {};
  }
  Options by_password(const std::string &password = PrivatePostgres::kPassword) const {
    return with(schema_.options(), {{"host", PrivatePostgres::kHost}, {"password", password}});
  }
  void make_store(std::size_t rows) {
    Commit c;
    c.candles = conformance::make_candles(0, rows);
    ASSERT_TRUE(open_plugin(schema_.options(), host_).commit(c).ok());
  }

  TestSchema schema_;
  FakeHost host_;
};

TEST_F(Open, RefusesOptionsItCannotRead) {
  for (const auto &[key, value] : Options{{"port", "0"},        {"port", "x"},           {"port", "65536"},
                                          {"database", ""},     {"user", ""},            {"schema", ""},
                                          {"sslmode", "maybe"}, {"statement_timeout", "5"}, {"synchronous", "off"},
                                          {"timescaledb", "1"}, {"chunk_days", "0"},     {"drop_after_days", "-1"},
                                          {"read_only", "yes"}, {"schema", std::string(64, 'x')}}) {
    const Refused r = refusal(with(schema_.options(), {{key, value}}));
    EXPECT_EQ(r.status, TDK_INVALID_ARGUMENT);
    EXPECT_THAT(r.message, AllOf(HasSubstr(key), HasSubstr("give ")));
  }
}

TEST_F(Open, SaysThatNoServerIsThere) {
  const Refused r = refusal(with(schema_.options(), {{"host", "127.0.0.1"}, {"port", "1"}, {"reconnect_timeout", "0ms"}}));
  EXPECT_EQ(r.status, TDK_UNAVAILABLE);
  EXPECT_THAT(r.message, AllOf(HasSubstr("opening the store Store"), HasSubstr("127.0.0.1:1"), HasSubstr("check that the server runs")));
}

// Somebody listens and never says a word.
TEST_F(Open, DoesNotWaitForeverForAnAnswer) {
  const int mute = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(bind(mute, reinterpret_cast<sockaddr *>(&address), size), 0);
  ASSERT_EQ(listen(mute, 8), 0);
  ASSERT_EQ(getsockname(mute, reinterpret_cast<sockaddr *>(&address), &size), 0);
  const Refused r = refusal(with(by_password(), {{"port", std::to_string(ntohs(address.sin_port))},
                                                 {"connect_timeout", "200ms"}, {"reconnect_timeout", "0ms"}}));
  EXPECT_EQ(r.status, TDK_UNAVAILABLE);
  EXPECT_THAT(r.message, HasSubstr("no answer within connect_timeout"));
  close(mute);
}

TEST_F(Open, LogsInWithAPasswordOfAnyCharacters) {
  auto store = open_plugin(by_password(), host_);
  EXPECT_EQ(store.health(), TDK_OK);
}

TEST_F(Open, SaysThatThePasswordIsWrong) {
  const Refused r = refusal(by_password("secret-that-is-wrong"));
  EXPECT_EQ(r.status, TDK_UNAUTHENTICATED);
  EXPECT_THAT(r.message, AllOf(HasSubstr("password authentication failed for user \"postgres\""), HasSubstr("correct user and password"),
                               Not(HasSubstr("secret-that-is-wrong"))));
  EXPECT_EQ(refusal(by_password("")).status, TDK_UNAVAILABLE) << "libpq itself notices that there is none";
}

TEST_F(Open, SaysThatTheDatabaseIsMissing) {
  const Refused r = refusal(with(schema_.options(), {{"database", "host=elsewhere"}}));
  EXPECT_EQ(r.status, TDK_NOT_FOUND);
  EXPECT_THAT(r.message, AllOf(HasSubstr("\"host=elsewhere\" does not exist"), HasSubstr("createdb")));
}

TEST_F(Open, EncryptsAndChecksWhoAnswers) {
  const Options strict = with(by_password(), {{"sslmode", "verify-full"}, {"sslrootcert", shared_server().certificate().string()}});
  const auto store = open_plugin(strict, host_);
  EXPECT_EQ(schema_.client().number("SELECT count(*) FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) WHERE s.ssl AND"
                                    " a.application_name = 'tapedeck'"),
            1);
  EXPECT_THAT(refusal(with(strict, {{"sslrootcert", "/dev/null"}})).message, HasSubstr("certificate"));
  // Its certificate says 127.0.0.1.
  EXPECT_THAT(refusal(with(strict, {{"host", "localhost"}, {"reconnect_timeout", "0ms"}})).message, HasSubstr("localhost"));
}

TEST_F(Open, MakesTheTablesOnce) {
  make_store(3);
  EXPECT_EQ(open_plugin(schema_.options(), host_).query({}).candles().size(), 3u);
  EXPECT_EQ(schema_.client().rows("SELECT version FROM schema_migrations ORDER BY 1"), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(schema_.client().text("SELECT layout FROM store"), "partitions");
}

// Eight processes find no tables at the same moment: one makes them, and none of them fails.
TEST_F(Open, SeveralProcessesMayMigrateTogether) {
  shared_server();
  std::vector<pid_t> children;
  for (int i = 0; i < 8; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      try {
        open_plugin(schema_.options(), host_);
        _exit(0);
      } catch (const Refused &r) {
        std::fprintf(stderr, "%s\n", r.message.c_str());
        _exit(1);
      }
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(schema_.client().rows("SELECT version FROM schema_migrations ORDER BY 1"), (std::vector<std::string>{"1", "2"}));
}

TEST_F(Open, RefusesTheTablesOfAStrangerAndLeavesThemAlone) {
  const auto client = schema_.client();
  client.execute("CREATE SCHEMA \"" + schema_.name() + "\"; CREATE TABLE recipes(name text)");
  const Refused r = refusal(schema_.options());
  EXPECT_EQ(r.status, TDK_INVALID_ARGUMENT);
  EXPECT_THAT(r.message, AllOf(HasSubstr("another application"), HasSubstr("choose another schema")));
  EXPECT_EQ(client.rows("SELECT tablename FROM pg_tables WHERE schemaname = '" + schema_.name() + "'"), std::vector<std::string>{"recipes"});
}

TEST_F(Open, RefusesANewerSchemaAndSaysWhich) {
  make_store(1);
  schema_.client().execute("INSERT INTO schema_migrations(version) VALUES(7)");
  const Refused r = refusal(schema_.options());
  EXPECT_EQ(r.status, TDK_INCOMPATIBLE);
  EXPECT_THAT(r.message, HasSubstr("written by a newer Tapedeck (schema 7, this one knows 2)"));
}

TEST_F(Open, AMigrationThatFailsLeavesNothing) {
  schema_.client().execute("CREATE ROLE \"cannot make schemas\" LOGIN");
  const Refused r = refusal(with(schema_.options(), {{"user", "cannot make schemas"}}));
  EXPECT_EQ(r.status, TDK_PERMISSION_DENIED);
  EXPECT_THAT(r.message, AllOf(HasSubstr("permission denied for database"), HasSubstr("roles.sql")));
  EXPECT_EQ(schema_.client().number("SELECT count(*) FROM pg_namespace WHERE nspname = '" + schema_.name() + "'"), 0);
  schema_.client().execute("DROP ROLE \"cannot make schemas\"");
}

TEST_F(Open, ReadOnlyNeverCreatesAndNeverWrites) {
  const Options options = with(schema_.options(), {{"read_only", "true"}});
  EXPECT_EQ(refusal(options).status, TDK_NOT_FOUND);
  EXPECT_EQ(schema_.client().number("SELECT count(*) FROM pg_namespace WHERE nspname = '" + schema_.name() + "'"), 0);
  make_store(3);
  const auto store = open_plugin(options, host_);
  EXPECT_EQ(store.query({}).candles().size(), 3u);
  Commit c;
  c.candles = conformance::make_candles(0, 5);
  EXPECT_EQ(store.commit(c).status, TDK_PERMISSION_DENIED);
}

TEST_F(Open, TimescaleIsOnlyAskedForWhereItIs) {
  if (PrivatePostgres::has_timescaledb()) GTEST_SKIP() << "this server has it";
  const Refused r = refusal(with(schema_.options(), {{"timescaledb", "on"}}));
  EXPECT_EQ(r.status, TDK_NOT_SUPPORTED);
  EXPECT_THAT(r.message, AllOf(HasSubstr("the server has no TimescaleDB"), HasSubstr("set timescaledb to off")));
}

}  // namespace
}  // namespace tapedeck::postgres
