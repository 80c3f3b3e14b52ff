// What private servers have in common: programs run as an unprivileged user, and a keeper that clears up.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace tapedeck::servers {

struct Account {
  uid_t uid = 0;
  gid_t gid = 0;
  bool change = false;  // false: we are no root, and run it as ourselves
};
// Whom a server runs as: as root `postgres` or `nobody`.
Account server_account();

// A directory that belongs to that account, mode 0700.
std::filesystem::path make_server_directory(const std::string &name, const Account &account);

// Starts it in `directory`, what it says appended to `log`. Dies with the thread that started it.
pid_t spawn(const std::vector<std::string> &command, const std::filesystem::path &directory,
            const std::filesystem::path &log, const Account &account);

// The exit code, 128 + N for a signal; -1: it still runs after `seconds`.
int wait_for(pid_t child, int seconds);

std::string read_text(const std::filesystem::path &file);

// A port of loopback that nobody listened on a moment ago.
std::uint16_t free_port();

}  // namespace tapedeck::servers
