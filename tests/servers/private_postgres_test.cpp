// The server that other tests stand on: private, crashed and started again, gone afterwards whatever happens.
#include "private_postgres.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "postgres_client.hpp"

namespace tapedeck::servers {
namespace {

TEST(PrivatePostgres, RunsInItsOwnDirectoryAndIsGoneAfterwards) {
  std::filesystem::path directory;
  pid_t pid = 0;
  {
    const PrivatePostgres server({.durable = false});
    directory = server.directory();
    pid = server.pid();
    const PostgresClient client(server.connection());
    EXPECT_EQ(client.text("SHOW data_directory"), server.data().string());
    EXPECT_EQ(client.text("SHOW listen_addresses"), "127.0.0.1");
    EXPECT_EQ(client.text("SHOW fsync"), "off");
  }
  EXPECT_FALSE(std::filesystem::exists(directory));
  EXPECT_NE(kill(pid, 0), 0);
}

TEST(PrivatePostgres, KeepsWhatWasCommittedWhenItCrashes) {
  PrivatePostgres server;
  EXPECT_EQ(PostgresClient(server.connection()).text("SHOW fsync"), "on");
  PostgresClient(server.connection()).execute("CREATE TABLE t(n int); INSERT INTO t VALUES(7)");
  const pid_t before = server.pid();
  server.restart_immediately();
  EXPECT_NE(server.pid(), before);
  EXPECT_EQ(PostgresClient(server.connection()).number("SELECT n FROM t"), 7);
}

// A test that is killed runs no destructor.
TEST(PrivatePostgres, IsClearedUpAfterATestThatWasKilled) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    const PrivatePostgres server({.durable = false});
    const std::string directory = server.directory().string();
    if (write(ends[1], directory.data(), directory.size()) < 0) _exit(2);
    while (true) pause();
  }
  close(ends[1]);
  char text[256] = {};
  ASSERT_GT(read(ends[0], text, sizeof text - 1), 0);
  close(ends[0]);
  ASSERT_TRUE(std::filesystem::exists(text));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  for (int i = 0; i < 6000 && std::filesystem::exists(text); ++i) poll(nullptr, 0, 10);
  EXPECT_FALSE(std::filesystem::exists(text));
}

}  // namespace
}  // namespace tapedeck::servers
