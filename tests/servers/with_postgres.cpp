// with_postgres COMMAND...: runs it beside a PostgreSQL server of its own, which PGHOST, PGPORT and PGUSER name.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>

#include "private_postgres.hpp"

using tapedeck::servers::PostgresSettings;
using tapedeck::servers::PrivatePostgres;

int main(int argc, char **argv) try {
  if (argc < 2) {
    std::fputs("with_postgres COMMAND...\n", stderr);
    return 2;
  }
  const PrivatePostgres server(PostgresSettings{.durable = false});
  setenv("PGHOST", server.directory().c_str(), 1);
  setenv("PGPORT", std::to_string(server.port()).c_str(), 1);
  setenv("PGUSER", PrivatePostgres::kUser, 1);
  const pid_t child = fork();
  if (child == 0) {
    execvp(argv[1], argv + 1);
    std::perror(argv[1]);
    _exit(127);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child) return 1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
} catch (const std::exception &e) {
  std::fprintf(stderr, "with_postgres: %s\n", e.what());
  return 1;
}
