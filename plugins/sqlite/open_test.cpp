// Opening: what is refused, and whether the refusal says what to do.
#include "test_store.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

namespace tapedeck::sqlite {
namespace {

using conformance::Commit;
using conformance::FakeHost;
using conformance::Options;
using conformance::Refused;
using testing::AllOf;
using testing::HasSubstr;

// What later schemas added, taken away again.
const std::string kWithoutFour =
    "DROP VIEW outbox_view; DROP TABLE outbox; DROP TABLE dead_letter; DROP TABLE outbox_claim;"
    " DELETE FROM schema_migrations WHERE version = 4; PRAGMA user_version = 3; ";
const std::string kWithoutThree =
    kWithoutFour +
    "DROP VIEW instruments; DROP VIEW economic_events; DROP TABLE instrument; DROP TABLE economic_event;"
    " DELETE FROM schema_migrations WHERE version = 3; PRAGMA user_version = 2; ";
const std::string kWithoutTwo =
    kWithoutThree +
    "DROP VIEW quotes; DROP VIEW trades; DROP TABLE tick; DROP TABLE tick_format; DROP TABLE symbol;"
    " DELETE FROM schema_migrations WHERE version = 2; PRAGMA user_version = 1; ";

class Open : public testing::Test {
 protected:
  Refused refusal(Options options) {
    try {
      open_plugin(options, host_);
    } catch (const Refused &r) {
      EXPECT_EQ(r.message.find('\n'), std::string::npos) << r.message;
      return r;
    }
    ADD_FAILURE() << "it was opened";
    return {};
  }
  void make_store(std::size_t rows) {
    auto store = open_plugin({{"path", file_}}, host_);
    Commit c;
    c.candles = conformance::make_candles(0, rows);
    ASSERT_TRUE(store.commit(c).ok());
  }

  TempDirectory directory_;
  std::string file_ = directory_.file("market.db");
  FakeHost host_;
};

TEST_F(Open, RefusesAMissingPath) { EXPECT_THAT(refusal({}).message, HasSubstr("path")); }

TEST_F(Open, NamesTheMissingDirectory) {
  Refused r = refusal({{"path", directory_.file("no/market.db")}});
  EXPECT_EQ(r.status, TDK_NOT_FOUND);
  EXPECT_THAT(r.message, AllOf(HasSubstr("there is no directory " + directory_.file("no")),
                               HasSubstr("create it")));
}

TEST_F(Open, RefusesADirectory) {
  EXPECT_THAT(refusal({{"path", directory_.file("")}}).message, HasSubstr("directory"));
}

TEST_F(Open, CreatesAFileOfSchemaFour) {
  make_store(1);
  RawDatabase raw(file_);
  EXPECT_EQ(raw.rows("PRAGMA user_version"), std::vector<std::string>{"4"});
  EXPECT_EQ(raw.rows("PRAGMA application_id"), std::vector<std::string>{"1414546507"});  // TPDK
  EXPECT_EQ(raw.rows("PRAGMA journal_mode"), std::vector<std::string>{"wal"});
  EXPECT_EQ(raw.rows("SELECT version FROM schema_migrations"), (std::vector<std::string>{"1", "2", "3", "4"}));
}

TEST_F(Open, MigratesAFileOfSchemaOneAndKeepsWhatIsInIt) {
  make_store(3);
  RawDatabase(file_).rows(kWithoutTwo);
  auto store = open_plugin({{"path", file_}}, host_);
  EXPECT_EQ(store.query({}).candles().size(), 3u);
  EXPECT_EQ(store.query_ticks({}).status, TDK_NOT_FOUND);
  EXPECT_TRUE(store.commit_batch({.ticks = {conformance::Tick{}}}).ok());
  EXPECT_EQ(store.query_ticks({}).items.size(), 1u);
}

TEST_F(Open, MigratesAFileOfSchemaTwoAndKeepsWhatIsInIt) {
  make_store(3);
  ASSERT_TRUE(open_plugin({{"path", file_}}, host_).commit_batch({.ticks = {conformance::Tick{}}}).ok());
  RawDatabase(file_).rows(kWithoutThree);
  auto store = open_plugin({{"path", file_}}, host_);
  EXPECT_EQ(store.query({}).candles().size(), 3u);
  EXPECT_EQ(store.query_ticks({}).items.size(), 1u);
  EXPECT_TRUE(store.store({conformance::Event{}}).ok());
  EXPECT_EQ(store.events().items.size(), 1u);
}

TEST_F(Open, MigratesAFileOfSchemaThreeAndKeepsWhatIsInIt) {
  make_store(3);
  {
    auto store = open_plugin({{"path", file_}}, host_);
    ASSERT_TRUE(store.commit_batch({.ticks = {conformance::Tick{}}}).ok());
    ASSERT_TRUE(store.store({conformance::Event{}}).ok());
  }
  RawDatabase(file_).rows(kWithoutFour);
  const Refused r = refusal({{"path", file_}, {"read_only", "true"}});
  EXPECT_EQ(r.status, TDK_INCOMPATIBLE) << "a reader does not migrate";
  auto store = open_plugin({{"path", file_}}, host_);
  EXPECT_EQ(store.query({}).candles().size(), 3u);
  EXPECT_EQ(store.query_ticks({}).items.size(), 1u);
  EXPECT_EQ(store.events().items.size(), 1u);
  const conformance::OutboxClient outbox(store);
  EXPECT_TRUE(outbox.stat().items.empty());
  ASSERT_TRUE(store.commit_batch({.events = {conformance::OutboxEvent{}}}).ok());
  EXPECT_EQ(outbox.read().items.size(), 1u);
  EXPECT_EQ(conformance::TransferClient(store).read_candles({}).items.at(0).candles.size(), 3u);
}

TEST_F(Open, MigratesAnEmptyFile) {
  std::ofstream{file_};
  make_store(1);
  EXPECT_EQ(RawDatabase(file_).rows("SELECT count(*) FROM market_data"), RawDatabase(file_).rows("SELECT 1"));
}

TEST_F(Open, RefusesWhatIsNoDatabase) {
  std::ofstream(file_) << std::string(5000, 'x');
  Refused r = refusal({{"path", file_}});
  EXPECT_EQ(r.status, TDK_INVALID_ARGUMENT);
  EXPECT_THAT(r.message, AllOf(HasSubstr("opening the store"), HasSubstr(file_),
                               HasSubstr("choose another path")));
}

TEST_F(Open, RefusesTheTablesOfAStrangerAndLeavesThemAlone) {
  RawDatabase(file_).rows("CREATE TABLE recipes(name)");
  std::string before = RawDatabase(file_).rows("PRAGMA journal_mode").at(0);
  EXPECT_THAT(refusal({{"path", file_}}).message, HasSubstr("another application"));
  EXPECT_EQ(RawDatabase(file_).rows("PRAGMA journal_mode").at(0), before);
  EXPECT_EQ(RawDatabase(file_).rows("SELECT name FROM sqlite_schema").size(), 1u);
}

TEST_F(Open, RefusesTheApplicationIdOfAStranger) {
  RawDatabase(file_).rows("PRAGMA application_id = 77");
  EXPECT_THAT(refusal({{"path", file_}}).message, HasSubstr("another application"));
}

TEST_F(Open, RefusesANewerSchemaAndSaysWhich) {
  make_store(1);
  RawDatabase(file_).rows("PRAGMA user_version = 7");
  Refused r = refusal({{"path", file_}});
  EXPECT_EQ(r.status, TDK_INCOMPATIBLE);
  EXPECT_THAT(r.message, HasSubstr("written by a newer Tapedeck (schema 7, this one knows 4)"));
}

TEST_F(Open, FindsDamageAndCanBeToldNotToLook) {
  make_store(20'000);
  {
    std::fstream file(file_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(300 * 1024);
    file << std::string(8192, '\xff');
  }
  Refused r = refusal({{"path", file_}});
  EXPECT_EQ(r.status, TDK_IO);
  EXPECT_THAT(r.message, AllOf(HasSubstr("damaged"), HasSubstr(".recover")));
  auto store = open_plugin({{"path", file_}, {"check", "never"}}, host_);
  auto answer = store.query({});
  EXPECT_EQ(answer.status, TDK_IO) << answer.message;
}

// In a child that gives up root, who may write everywhere.
TEST_F(Open, ReportsAFileItMayNotWrite) {
  make_store(1);
  namespace fs = std::filesystem;
  fs::permissions(file_, fs::perms::owner_read | fs::perms::group_read | fs::perms::others_read);
  fs::permissions(directory_.file(""), fs::perms::all);
  pid_t child = fork();
  if (child == 0) {
    if (geteuid() == 0 && setuid(65534) != 0) _exit(2);
    Refused r = refusal({{"path", file_}});
    bool clear = r.status == TDK_PERMISSION_DENIED &&
                 r.message.find("may not write to it; change its rights") != std::string::npos;
    if (!clear) std::fprintf(stderr, "status %d: %s\n", r.status, r.message.c_str());
    _exit(clear ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

// Eight processes find no file at the same moment: one makes it, and none of them fails.
TEST_F(Open, SeveralProcessesMayCreateTheFileTogether) {
  std::vector<pid_t> children;
  for (int i = 0; i < 8; ++i) {
    pid_t child = fork();
    if (child == 0) {
      try {
        open_plugin({{"path", file_}}, host_);
        _exit(0);
      } catch (const Refused &r) {
        std::fprintf(stderr, "%s\n", r.message.c_str());
        _exit(1);
      }
    }
    children.push_back(child);
  }
  for (pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
}

TEST_F(Open, ReadOnlyNeverCreatesAndNeverWrites) {
  Options options{{"path", file_}, {"read_only", "true"}};
  EXPECT_EQ(refusal(options).status, TDK_NOT_FOUND);
  make_store(3);
  auto store = open_plugin(options, host_);
  EXPECT_EQ(store.query({}).candles().size(), 3u);
  Commit c;
  c.candles = conformance::make_candles(0, 5);
  EXPECT_EQ(store.commit(c).status, TDK_PERMISSION_DENIED);
  const conformance::OutboxClient outbox(store);
  EXPECT_TRUE(outbox.read().ok());
  EXPECT_TRUE(outbox.stat().ok());
  EXPECT_EQ(outbox.claim("kafka", "host", 0, 1).status, TDK_PERMISSION_DENIED);
  EXPECT_EQ(outbox.settle({{1}}).status, TDK_PERMISSION_DENIED);
  EXPECT_EQ(outbox.replay().status, TDK_PERMISSION_DENIED);
  EXPECT_EQ(outbox.purge({}).status, TDK_PERMISSION_DENIED);
  const conformance::TransferClient transfer(store);
  EXPECT_EQ(transfer.write_candles({}, {{.candles = c.candles}}).status, TDK_PERMISSION_DENIED);
  EXPECT_EQ(transfer.read_candles({}).items.at(0).candles.size(), 3u);
}

TEST_F(Open, WaitsForALockAndThenSaysBusy) {
  make_store(1);
  auto store = open_plugin({{"path", file_}, {"busy_timeout", "20ms"}}, host_);
  RawDatabase other(file_);
  other.rows("BEGIN IMMEDIATE");
  Commit c;
  c.candles = conformance::make_candles(0, 5);
  auto done = store.commit(c);
  EXPECT_EQ(done.status, TDK_BUSY);
  EXPECT_THAT(done.message, AllOf(HasSubstr("storing candles in"), HasSubstr("busy_timeout")));
  other.rows("ROLLBACK");
  EXPECT_TRUE(store.commit(c).ok());
}

TEST_F(Open, RefusesOptionsItCannotRead) {
  for (auto [key, value] : Options{{"busy_timeout", "5"},
                                   {"busy_timeout", "-1s"},
                                   {"cache_mb", "0"},
                                   {"cache_mb", "16MB"},
                                   {"check", "maybe"},
                                   {"synchronous", "off"},
                                   {"read_only", "yes"},
                                   {"busy_timeout", "999999999h"}}) {
    Refused r = refusal({{"path", file_}, {key, value}});
    EXPECT_EQ(r.status, TDK_INVALID_ARGUMENT);
    EXPECT_THAT(r.message, AllOf(HasSubstr(key), HasSubstr(value)));
  }
}

TEST_F(Open, RecordsItsMetricsWithTheHost) {
  make_store(20);
  EXPECT_EQ(host_.metric("tapedeck_sqlite_rows_total"), 20);
  EXPECT_GT(host_.metric("tapedeck_sqlite_commit_seconds"), 0);
}

}  // namespace
}  // namespace tapedeck::sqlite
