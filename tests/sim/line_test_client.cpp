#include "sim/line_test_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace tapedeck::sim {

LineTestClient::LineTestClient(const Simulator &simulator, const std::string &path,
                               const std::map<std::string, std::string> &headers) {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(simulator.port());
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr *>(&to), sizeof to) != 0) return;
  std::string head = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  for (const auto &[name, value] : headers) head += name + ": " + value + "\r\n";
  head += "\r\n";
  if (::send(socket_, head.data(), head.size(), MSG_NOSIGNAL) < 0) return;
  read_head();
  if (status_ == 200) reader_ = std::thread([this] { read(); });
}

LineTestClient::~LineTestClient() {
  ::shutdown(socket_, SHUT_RDWR);
  if (reader_.joinable()) reader_.join();
  ::close(socket_);
}

bool LineTestClient::fill() {
  std::array<char, 16'384> piece;
  const ssize_t got = ::recv(socket_, piece.data(), piece.size(), 0);
  if (got <= 0) return false;
  in_.append(piece.data(), static_cast<std::size_t>(got));
  return true;
}

void LineTestClient::read_head() {
  std::size_t end = std::string::npos;
  while ((end = in_.find("\r\n\r\n")) == std::string::npos)
    if (!fill()) return;
  std::string_view head = std::string_view(in_).substr(0, end + 2);
  status_ = head.size() > 12 ? std::stoi(std::string(head.substr(9, 3))) : 0;
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(line.size() + 2);
    const std::size_t colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    std::string name(line.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    headers_[name] = line.substr(colon + 2);
  }
  in_.erase(0, end + 4);
}

std::string LineTestClient::header(const std::string &name) const {
  const auto found = headers_.find(name);
  return found == headers_.end() ? std::string() : found->second;
}

/// False when more is needed, or when it has ended.
bool LineTestClient::take_chunk() {
  const std::size_t head = in_.find("\r\n");
  if (head == std::string::npos) {
    if (in_.size() > 16) finish("broken");
    return false;
  }
  std::size_t size = 0;
  const auto [end, error] = std::from_chars(in_.data(), in_.data() + head, size, 16);
  if (error != std::errc{} || end != in_.data() + head) {
    finish("broken");
    return false;
  }
  if (size == 0) {
    finish("done");
    return false;
  }
  if (in_.size() < head + 2 + size + 2) return false;
  const std::lock_guard lock(mutex_);
  ++chunks_;
  partial_.append(in_, head + 2, size);
  in_.erase(0, head + 2 + size + 2);
  for (std::size_t at; (at = partial_.find('\n')) != std::string::npos; partial_.erase(0, at + 1)) {
    std::string line = partial_.substr(0, at);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) lines_.push_back(std::move(line));
  }
  changed_.notify_all();
  return true;
}

void LineTestClient::finish(const std::string &how) {
  const std::lock_guard lock(mutex_);
  if (end_.empty()) end_ = how;
  changed_.notify_all();
}

void LineTestClient::read() {
  for (;;) {
    while (take_chunk()) {
    }
    if (!end().empty()) return;
    if (!fill()) return finish("closed");
  }
}

std::vector<std::string> LineTestClient::lines() const {
  const std::lock_guard lock(mutex_);
  return lines_;
}

std::size_t LineTestClient::chunks() const {
  const std::lock_guard lock(mutex_);
  return chunks_;
}

std::string LineTestClient::end() const {
  const std::lock_guard lock(mutex_);
  return end_;
}

bool LineTestClient::wait_for(const std::function<bool()> &condition) const {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  for (;;) {
    if (condition()) return true;
    std::unique_lock lock(mutex_);
    if (std::chrono::steady_clock::now() >= deadline) return false;
    changed_.wait_for(lock, std::chrono::milliseconds(20));
  }
}

bool LineTestClient::wait_for_count(std::size_t lines) const {
  return wait_for([&] { return this->lines().size() >= lines; });
}

std::string LineTestClient::wait_for_end() const {
  wait_for([&] { return !end().empty(); });
  return end();
}

}  // namespace tapedeck::sim
