// A server that goes and comes back.
#include "test_store.hpp"

#include <thread>

namespace tapedeck::postgres {
namespace {

using conformance::Commit;
using conformance::FakeHost;
using conformance::kMinute;
using testing::AllOf;
using testing::HasSubstr;

class Outage : public testing::Test {
 protected:
  static conformance::Options options(const servers::PrivatePostgres &server) {
    return {{"host", server.directory().string()}, {"port", std::to_string(server.port())}, {"database", "postgres"}, {"user", server.kUser}};
  }
  static Commit page(std::int64_t n) {
    Commit c;
    c.candles = conformance::make_candles(n * 300 * kMinute, 300, n);
    c.coverage = {conformance::covered(n * 300 * kMinute, (n + 1) * 300 * kMinute)};
    return c;
  }
  // Ends the connections of all plugins, as a crash of the server does.
  static void cut() {
    servers::PostgresClient(shared_server().connection())
        .execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tapedeck'");
  }
  FakeHost host_;
};

TEST_F(Outage, ALostConnectionIsMadeAgainByTheNextCall) {
  const TestSchema schema;
  const auto store = open_plugin(schema.options(), host_);
  for (std::int64_t n = 0; n < 5; ++n) {
    ASSERT_TRUE(store.commit(page(n)).ok());
    cut();
    EXPECT_EQ(store.query({}).candles().size(), static_cast<std::size_t>(n + 1) * 300);
    cut();
  }
  EXPECT_EQ(store.coverage({}).items.size(), 1u);
}

// Rows were handed on: they cannot be taken back, so the call fails and the next one works.
TEST_F(Outage, AnAnswerThatHadBegunFails) {
  const TestSchema schema;
  const auto store = open_plugin(schema.options(), host_);
  for (std::int64_t n = 0; n < 40; ++n) ASSERT_TRUE(store.commit(page(n)).ok());
  conformance::Query q{.batch_hint = 100};
  int batches = 0;
  q.on_batch = [&](const auto &) {
    if (++batches == 1) cut();
    return TDK_OK;
  };
  const auto answer = store.query(q);
  EXPECT_EQ(answer.status, TDK_UNAVAILABLE) << answer;
  EXPECT_EQ(store.query({}).candles().size(), 40u * 300);
}

TEST_F(Outage, SaysThatTheServerIsAwayWhenItStaysAway) {
  servers::PrivatePostgres server({.durable = false});
  auto impatient = options(server);
  impatient.emplace_back("reconnect_timeout", "100ms");
  const auto store = open_plugin(impatient, host_);
  ASSERT_TRUE(store.commit(page(0)).ok());
  server.stop();
  const auto done = store.commit(page(1));
  EXPECT_EQ(done.status, TDK_UNAVAILABLE);
  EXPECT_THAT(done.message, AllOf(HasSubstr("storing candles in tapedeck of postgres at"), HasSubstr("check that the server runs")));
  EXPECT_EQ(store.query({}).status, TDK_UNAVAILABLE);
  EXPECT_EQ(store.health(), TDK_UNAVAILABLE);
  server.start();
  EXPECT_TRUE(store.commit(page(1)).ok());
  EXPECT_EQ(store.query({}).candles().size(), 600u);
}

// A writer and a reader that never stop, and a server that crashes under them: every commit that returned is
// there, none is there twice, no reader sees half of one.
TEST_F(Outage, CrashesLoseNothingThatWasCommitted) {
  servers::PrivatePostgres server;
  auto patient = options(server);
  patient.emplace_back("reconnect_timeout", "1m");
  const auto store = open_plugin(patient, host_);
  ASSERT_TRUE(store.commit(page(0)).ok());
  std::atomic<std::int64_t> committed{1}, failed{0};
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (std::int64_t n = 1; !done; ++n) {
      if (!store.commit(page(n)).ok()) ++failed;
      committed = n + 1;
    }
  });
  std::string seen;
  std::thread reader([&] {
    const auto other = open_plugin(patient, host_);
    while (!done && seen.empty()) {
      const auto answer = other.query({});
      if (answer.status != TDK_OK && answer.status != TDK_UNAVAILABLE) seen = answer.message;
      if (answer.ok() && answer.candles().size() % 300 != 0) seen = "half a commit";
    }
  });
  for (int crash = 0; crash < 4; ++crash) {
    const std::int64_t before = committed;
    while (committed < before + 5) std::this_thread::yield();
    server.restart_immediately();
  }
  const std::int64_t before = committed;
  while (committed < before + 5) std::this_thread::yield();
  done = true;
  writer.join();
  reader.join();
  EXPECT_EQ(seen, "");
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(store.query({}).candles().size(), static_cast<std::size_t>(committed) * 300);
  EXPECT_EQ(store.list_series().items.at(0).revisions, 0u);
  servers::PostgresClient client(server.connection());
  client.execute("SET search_path = tapedeck");
  EXPECT_EQ(disagreement(client), "");
}

}  // namespace
}  // namespace tapedeck::postgres
