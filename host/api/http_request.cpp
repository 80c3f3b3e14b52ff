#include "api/http_request.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "api/http_error.hpp"

namespace tapedeck::api {
namespace {

[[noreturn]] void refuse(int status, std::string code, const std::string &message, std::string hint = "") {
  HttpError error(status, std::move(code), message, std::move(hint));
  error.close = true;
  throw error;
}

[[noreturn]] void malformed(const std::string &what) { refuse(400, "bad_request", "malformed request: " + what); }

[[noreturn]] void target_too_long(const ApiLimits &limits) {
  refuse(414, "uri_too_long", "the request target is longer than " + std::to_string(limits.uri_bytes) + " bytes");
}

[[noreturn]] void headers_too_large(const ApiLimits &limits) {
  refuse(431, "headers_too_large", "more than " + std::to_string(limits.header_count) + " headers or " +
                                       std::to_string(limits.header_bytes) + " bytes of them");
}

bool is_alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_token(char c) { return is_alnum(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos; }

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), to_lower);
  return out;
}

std::string_view trim(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
  return s;
}

constexpr std::size_t kMethodMax = 16;

// Upper-case letters and then a space; `text` may end before that.
void check_method(std::string_view text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const auto letters = text.substr(0, end);
  const bool upper = std::all_of(letters.begin(), letters.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!upper || end > kMethodMax || (end == 0 && !text.empty())) malformed("no HTTP method at its start");
}

// "http://host/path" is how a proxy asks; the host in it then counts as the Host header.
void split_target(HttpRequest &r) {
  std::string_view t = r.target;
  if (t.starts_with("http://")) {
    const std::size_t slash = std::min(t.find_first_of("/?", 7), t.size());
    r.headers.push_back({"host", std::string(t.substr(7, slash - 7))});
    t.remove_prefix(slash);
    if (t.empty()) t = "/";
  }
  if (t.empty() || t.front() != '/') malformed("the target does not begin with '/'");
  const std::size_t mark = std::min(t.find('?'), t.size());
  r.path = t.substr(0, mark);
  r.query = t.substr(std::min(mark + 1, t.size()));
}

void parse_request_line(HttpRequest &r, std::string_view line, const ApiLimits &limits) {
  check_method(line);
  const std::size_t a = line.find(' '), b = line.rfind(' ');
  if (a == std::string_view::npos || b == a) malformed("no 'METHOD target HTTP/1.1' in the first line");
  r.method = line.substr(0, a);
  r.target = line.substr(a + 1, b - a - 1);
  if (r.target.size() > limits.uri_bytes) target_too_long(limits);
  const auto plain = [](char c) { return c > 0x20 && c < 0x7f; };
  if (!std::all_of(r.target.begin(), r.target.end(), plain)) malformed("the target has characters that must be percent-encoded");
  const std::string_view version = line.substr(b + 1);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    if (version.starts_with("HTTP/")) refuse(505, "bad_request", "only HTTP/1.0 and HTTP/1.1 are served");
    malformed("no HTTP version in the first line");
  }
  r.minor = version.back() - '0';
}

HttpHeader parse_header(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == 0 || colon == std::string_view::npos) malformed("a header line without a name");
  const auto name = line.substr(0, colon);
  const auto value = trim(line.substr(colon + 1));
  if (!std::all_of(name.begin(), name.end(), is_token)) malformed("a header name with characters that do not belong there");
  const auto control = [](char c) { return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7f; };
  if (std::any_of(value.begin(), value.end(), control)) malformed("a header value with control characters");
  return {lower(name), std::string(value)};
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return n;
}

}  // namespace

const std::string *HttpRequest::header(std::string_view lower_name) const noexcept {
  for (const auto &h : headers)
    if (h.name == lower_name) return &h.value;
  return nullptr;
}

bool HttpRequest::wants_close() const {
  // HTTP/1.0 clients that would keep the connection are served all the same, one request each.
  if (minor == 0) return true;
  for (const auto &h : headers)
    if (h.name == "connection" && lower(h.value).find("close") != std::string::npos) return true;
  return false;
}

HttpRequest parse_head(std::string_view head, const ApiLimits &limits) {
  HttpRequest r;
  const std::size_t first = head.find("\r\n");
  parse_request_line(r, head.substr(0, first), limits);
  head.remove_prefix(first + 2);
  if (head.size() > limits.header_bytes) headers_too_large(limits);
  while (!head.starts_with("\r\n")) {
    const std::size_t end = head.find("\r\n");
    r.headers.push_back(parse_header(head.substr(0, end)));
    if (r.headers.size() > limits.header_count) headers_too_large(limits);
    head.remove_prefix(end + 2);
  }
  split_target(r);
  return r;
}

void check_partial_head(std::string_view received, const ApiLimits &limits) {
  const std::size_t line_end = received.find('\n');
  const std::string_view line = received.substr(0, line_end);
  check_method(line.substr(0, kMethodMax + 1));
  if (line.size() > limits.uri_bytes + kMethodMax + 16) target_too_long(limits);
  if (line_end == std::string_view::npos) return;
  if (line_end == 0 || received[line_end - 1] != '\r') malformed("a line that does not end with CR LF");
  if (received.size() - line_end > limits.header_bytes) headers_too_large(limits);
}

std::size_t body_length(const HttpRequest &request, const ApiLimits &limits) {
  if (request.header("transfer-encoding") != nullptr)
    refuse(411, "length_required", "a request body has to come with Content-Length");
  std::optional<std::uint64_t> length;
  for (const auto &h : request.headers) {
    if (h.name != "content-length") continue;
    const auto n = whole_number(h.value);
    if (!n || (length && *length != *n)) malformed("Content-Length is no number, or there are two");
    length = n;
  }
  if (length.value_or(0) > limits.body_bytes)
    refuse(413, "body_too_large", "the request body is larger than " + std::to_string(limits.body_bytes) + " bytes");
  return static_cast<std::size_t>(length.value_or(0));
}

}  // namespace tapedeck::api
