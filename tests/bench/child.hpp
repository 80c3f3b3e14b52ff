// Programs under measurement: started, waited for, and what they cost.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace tapedeck::bench {

// One that ran to its end.
struct Ended {
  int exit_code = -1;  // 128 + signal when it was killed
  std::string out;     // its standard output; standard error goes where ours goes
  double wall_s = 0, cpu_s = 0;
  double max_rss_mb = 0;  // 2^20 bytes, by wait4
};

// `variables` are NAME=VALUE, on top of our own environment. Throws std::runtime_error when it
// cannot be started; what the program itself answers is in `exit_code`.
Ended run_child(const std::vector<std::string> &argv,
                const std::vector<std::string> &variables = {});

// The same, and an exit code other than 0 throws too.
Ended run_or_throw(const std::vector<std::string> &argv,
                   const std::vector<std::string> &variables = {});

// One that serves until this object ends, then gets SIGTERM.
class Background {
 public:
  explicit Background(const std::vector<std::string> &argv,
                      const std::vector<std::string> &variables = {});
  Background(const Background &) = delete;
  Background &operator=(const Background &) = delete;
  ~Background();
  bool running();       // false once it has ended by itself
  double cpu_s() const; // so far
  Ended stop();         // SIGTERM, then waits

 private:
  pid_t pid_;
};

// tapedeck-sim without rate limits, on a free port; pages once rendered stay in its memory.
class Simulator {
 public:
  // `bin` and `work` are directories; the second takes the port file.
  Simulator(const std::string &bin, const std::string &work, int cache_mb = 1024);
  const std::string &url() const { return url_; }  // what a plugin's base_url is
  double cpu_s() const { return process_.cpu_s(); }

 private:
  static std::string port_file(const std::string &work);
  Background process_;
  std::string url_;
};

}  // namespace tapedeck::bench
