#include "support/live_host.hpp"

#include <csignal>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "support/http.hpp"

namespace tapedeck::integration {
namespace {

const std::string kServing = "serving http://127.0.0.1:";

double number_of(const std::string &text) {
  std::istringstream in(text);
  double out = 0;
  in >> out;
  return out;
}

Command command_of(const Site &site, std::vector<std::string> more) {
  more.insert(more.begin(), {"run", "FILE"});
  Command c = site.command(std::move(more));
  // Else what a sanitizer holds back after it was freed is most of the memory that is measured.
  c.environment["ASAN_OPTIONS"] = "exitcode=99:quarantine_size_mb=16";
  return c;
}

}  // namespace

LiveHost::LiveHost(const Site &site, std::vector<std::string> more) : process_(command_of(site, std::move(more))) {
  std::string said;
  const auto up = [&] {
    said = process_.err();
    return said.find(kServing) != std::string::npos && said.find(" run: started") != std::string::npos;
  };
  if (!wait_until([&] { return up() || !process_.running(); }) || !up())
    throw std::runtime_error("tapedeck run does not serve: " + process_.err());
  port_ = static_cast<std::uint16_t>(std::stoi(said.substr(said.find(kServing) + kServing.size())));
}

double LiveHost::metric(const std::string &name_and_labels) const {
  const auto answer = http_get(port_, "/metrics");
  for (const auto &line : lines_of(answer.body))
    if (line.starts_with(name_and_labels)) return number_of(line.substr(line.rfind(' ') + 1));
  return 0;
}

double LiveHost::memory() const {
  std::ifstream in("/proc/" + std::to_string(process_.pid()) + "/status");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("VmRSS:")) return number_of(line.substr(6)) / 1024;
  return 0;
}

std::optional<int> LiveHost::stop(Millis deadline) {
  const Millis before = process_.age();
  process_.signal(SIGTERM);
  const auto code = process_.wait(deadline);
  took_ = process_.age() - before;
  return code;
}

}  // namespace tapedeck::integration
