#include "kcat_reader.hpp"

#include <algorithm>
#include <stdexcept>

#include "child_program.hpp"

namespace tapedeck::testing_kafka {
namespace {

// Of kcat's output by kFormat. Keys and payloads may hold anything: their sizes are told before them.
class Fields {
 public:
  explicit Fields(const std::string &text) : text_(text) {}
  bool done() const { return at_ == text_.size(); }
  std::string line() {
    const std::size_t end = text_.find('\n', at_);
    if (end == std::string::npos) throw std::runtime_error("kcat's output ends early");
    std::string out = text_.substr(at_, end - at_);
    at_ = end + 1;
    return out;
  }
  std::string sized() {
    const auto size = std::stoll(line());
    std::string out = size > 0 ? text_.substr(at_, static_cast<std::size_t>(size)) : "";
    at_ += out.size();
    if (!line().empty()) throw std::runtime_error("kcat's output has another size than it says");
    return out;
  }

 private:
  const std::string &text_;
  std::size_t at_ = 0;
};

constexpr const char *kFormat = "%t\n%p\n%o\n%T\n%h\n%K\n%k\n%S\n%s\n";

std::map<std::string, std::string> parse_headers(const std::string &text) {
  std::map<std::string, std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size()), equals = text.find('=', at);
    if (equals >= end) throw std::runtime_error("kcat gives headers that are none: " + text);
    out[text.substr(at, equals - at)] = text.substr(equals + 1, end - equals - 1);
    at = end + 1;
  }
  return out;
}

}  // namespace

std::vector<KafkaMessage> read_topic(const std::string &bootstrap, const std::string &topic) {
  ChildProgram kcat({KCAT, "-C", "-q", "-e", "-b", bootstrap, "-t", topic, "-o", "beginning", "-f", kFormat});
  const std::string text = kcat.read_all();
  if (const int code = kcat.finish(); code != 0) throw std::runtime_error("kcat ended with " + std::to_string(code));
  std::vector<KafkaMessage> out;
  for (Fields fields(text); !fields.done();) {
    KafkaMessage message;
    message.topic = fields.line();
    message.partition = std::stoi(fields.line());
    message.offset = std::stoll(fields.line());
    message.time_ms = std::stoll(fields.line());
    message.headers = parse_headers(fields.line());
    message.key = fields.sized();
    message.payload = fields.sized();
    out.push_back(std::move(message));
  }
  return out;
}

}  // namespace tapedeck::testing_kafka
