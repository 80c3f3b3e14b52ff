#include "plugins/probe_report.hpp"

#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>

#include "base/text.hpp"
#include "plugins/descriptor_json.hpp"

namespace tapedeck {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxReport = std::size_t{8} << 20;

}  // namespace

void ProbeReporter::write_line(std::string_view line) {
  std::string text(line);
  text += '\n';
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t n = write(fd_, text.data() + at, text.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;  // the parent is gone: nobody wants the report
    at += static_cast<std::size_t>(n);
  }
}

void ProbeReporter::enter(const std::string &stage, std::int64_t limit_ms) {
  stage_ = stage;
  write_line(json::serialize(json::object{{"stage", stage}, {"limit_ms", limit_ms}}));
}

void ProbeReporter::module(const ModuleInfo &info) {
  write_line(json::serialize(json::object{{"module", to_json(info)}}));
}

void ProbeReporter::warn(const std::string &text) {
  write_line(json::serialize(json::object{{"warning", text}}));
}

void ProbeReporter::refuse(const std::string &reason) {
  write_line(json::serialize(json::object{{"refused", reason}, {"stage", stage_}}));
}

void ProbeReporter::pass() { write_line(R"({"passed":true})"); }

void ProbeReport::feed(std::string_view bytes) {
  rest_ += bytes;
  for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n')) {
    try {
      take(std::string_view(rest_).substr(0, end));
    } catch (const std::exception &) {
      // The plugin wrote into our pipe. What it says there is no report, and no line is lost by it.
      verdict_.warnings.emplace_back("writes into file descriptors that are not its own");
    }
    rest_.erase(0, end + 1);
  }
  if (rest_.size() > kMaxReport) rest_.clear();
}

void ProbeReport::take(std::string_view line) {
  const auto value = json::parse(line);
  const auto &object = value.as_object();
  if (const auto *refused = object.if_contains("refused")) {
    verdict_.ok = false;
    verdict_.reason = printable(json::value_to<std::string>(*refused), 400);
    verdict_.stage = json::value_to<std::string>(object.at("stage"));
    finished_ = true;
  } else if (const auto *stage = object.if_contains("stage")) {
    stage_ = printable(json::value_to<std::string>(*stage), 100);
    stage_limit_ms_ = object.at("limit_ms").to_number<std::int64_t>();
    ++stages_;
  } else if (const auto *module = object.if_contains("module")) {
    verdict_.module = module_from_json(*module);
  } else if (const auto *warning = object.if_contains("warning")) {
    verdict_.warnings.push_back(printable(json::value_to<std::string>(*warning), 400));
  } else {
    verdict_.ok = object.at("passed").as_bool();
    finished_ = true;
  }
}

}  // namespace tapedeck
