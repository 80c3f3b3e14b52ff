#include "api/api_test_support.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json.hpp>

#include <algorithm>
#include <cerrno>
#include <condition_variable>

namespace tapedeck::api {

RawClient::RawClient(std::uint16_t port, int receive_buffer) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (receive_buffer > 0) setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(fd_, reinterpret_cast<const sockaddr *>(&to), sizeof to), 0) << errno;
}

RawClient::~RawClient() { close(); }

void RawClient::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

bool RawClient::send(std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool RawClient::fill() {
  pollfd p{fd_, POLLIN, 0};
  if (poll(&p, 1, 10'000) <= 0) {
    ADD_FAILURE() << "nothing came in 10 s; so far: " << buffer_.substr(0, 200);
    return false;
  }
  char text[65536];
  const ssize_t n = recv(fd_, text, sizeof text, 0);
  if (n < 0) reset_ = errno == ECONNRESET;
  if (n <= 0) return false;
  buffer_.append(text, static_cast<std::size_t>(n));
  return true;
}

bool RawClient::fill_until(std::string_view mark) {
  while (buffer_.find(mark) == std::string::npos)
    if (!fill()) return false;
  return true;
}

std::string RawClient::some() {
  if (buffer_.empty()) fill();
  return std::exchange(buffer_, {});
}

std::string RawClient::rest() {
  while (fill()) {
  }
  return std::exchange(buffer_, {});
}

Answer RawClient::answer(bool head) {
  Answer a;
  if (!fill_until("\r\n\r\n")) return a;
  const std::size_t end = buffer_.find("\r\n\r\n");
  const std::string text = buffer_.substr(0, end + 2);
  buffer_.erase(0, end + 4);
  a.status = std::stoi(text.substr(9, 3));
  for (std::size_t i = text.find("\r\n") + 2; i < text.size(); i = text.find("\r\n", i) + 2) {
    const std::size_t colon = text.find(": ", i);
    std::string name = text.substr(i, colon - i);
    std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    a.headers[name] = text.substr(colon + 2, text.find("\r\n", i) - colon - 2);
  }
  if (head) a.whole = true;
  else if (a.headers.contains("transfer-encoding")) read_chunked(a);
  else read_plain(a);
  return a;
}

void RawClient::read_chunked(Answer &a) {
  for (;;) {
    if (!fill_until("\r\n")) return;
    const std::size_t line = buffer_.find("\r\n");
    const std::size_t size = std::stoul(buffer_.substr(0, line), nullptr, 16);
    while (buffer_.size() < line + 2 + size + 2)
      if (!fill()) return;
    a.body.append(buffer_, line + 2, size);
    buffer_.erase(0, line + 2 + size + 2);
    if (size == 0) break;
    ++a.chunks;
  }
  a.whole = true;
}

void RawClient::read_plain(Answer &a) {
  if (!a.headers.contains("content-length")) {
    a.body = rest();
    a.whole = !reset_;
    return;
  }
  const std::size_t size = std::stoul(a.headers["content-length"]);
  while (buffer_.size() < size)
    if (!fill()) return;
  a.body = buffer_.substr(0, size);
  buffer_.erase(0, size);
  a.whole = true;
}

std::string get_text(std::string_view target, std::string_view more_headers) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(more_headers) + "\r\n";
}

bool eventually(const std::function<bool()> &done) {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    never.wait_for(lock, std::chrono::milliseconds(1));
  }
  return true;
}

ApiTest::~ApiTest() {
  if (server) server->stop();
}

ApiPorts ApiTest::ports() {
  ApiPorts p{*market.query, [this] { return sources; }, [] { return std::string("up 1\n"); },
             [this] { return not_ready; }, "1.2.3", clock, {}, {}, live, facts};
  p.debug = [this](std::string line) {
    std::lock_guard lock(log_mutex_);
    debug_.push_back(std::move(line));
  };
  p.warn = [this](std::string line) {
    std::lock_guard lock(log_mutex_);
    warnings_.push_back(std::move(line));
  };
  return p;
}

void ApiTest::start(ApiLimits limits) {
  ApiConfig config;
  config.host = host;
  config.port = 0;
  server = std::make_unique<ApiServer>(config, ports(), limits);
  server->start();
}

Answer ApiTest::request(std::string_view text, bool head) {
  if (!server) start();
  RawClient client(server->port());
  client.send(text);
  return client.answer(head);
}

Answer ApiTest::get(std::string_view target) { return request(get_text(target)); }

std::string ApiTest::error_of(std::string_view target, int status) {
  const Answer a = get(target);
  EXPECT_EQ(a.status, status) << target << " " << a.body;
  boost::system::error_code problem;
  const auto body = boost::json::parse(a.body, problem);
  if (problem || !body.is_object() || !body.as_object().contains("error")) return "no error body: " + a.body;
  const auto &error = body.at("error").as_object();
  const auto *hint = error.if_contains("hint");
  return std::string(error.at("code").as_string()) + ": " + (hint ? std::string(hint->as_string()) : "");
}

std::vector<std::string> ApiTest::warnings() {
  std::lock_guard lock(log_mutex_);
  return warnings_;
}

std::vector<std::string> ApiTest::debug_lines() {
  std::lock_guard lock(log_mutex_);
  return debug_;
}

}  // namespace tapedeck::api
