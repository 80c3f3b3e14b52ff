#include "support/ws_client.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/WebSocket.h>

#include <stdexcept>

namespace tapedeck::integration {
namespace {

using Poco::Net::WebSocket;

constexpr long kLookForStopUs = 50'000;
constexpr int kLargest = 16 << 20;

}  // namespace

struct WsClient::Socket {
  Socket(std::uint16_t port, const std::string &path)
      : session("127.0.0.1", port), request("GET", path, Poco::Net::HTTPMessage::HTTP_1_1), socket(session, request, response) {
    socket.setReceiveTimeout(Poco::Timespan(30, 0));
    socket.setMaxPayloadSize(kLargest);
    socket.setNoDelay(true);
  }
  Poco::Net::HTTPClientSession session;
  Poco::Net::HTTPRequest request;
  Poco::Net::HTTPResponse response;
  WebSocket socket;
};

WsClient::WsClient(std::uint16_t port, const std::string &path) try : socket_(std::make_unique<Socket>(port, path)) {
  reader_ = std::thread([this] { read(); });
} catch (const Poco::Exception &e) {
  throw std::runtime_error("connecting to " + path + ": " + e.displayText());
}

WsClient::~WsClient() {
  stopping_ = true;
  reader_.join();
}

void WsClient::send(const std::string &text) {
  socket_->socket.sendFrame(text.data(), static_cast<int>(text.size()));
}

void WsClient::read() {
  try {
    Poco::Buffer<char> frame(0);
    while (!stopping_) {
      if (!socket_->socket.poll(Poco::Timespan(0, kLookForStopUs), Poco::Net::Socket::SELECT_READ)) continue;
      int flags = 0;
      frame.resize(0);
      const int n = socket_->socket.receiveFrame(frame, flags);
      const int opcode = flags & WebSocket::FRAME_OP_BITMASK;
      if ((n == 0 && flags == 0) || opcode == WebSocket::FRAME_OP_CLOSE) break;
      if (opcode == WebSocket::FRAME_OP_PING)
        socket_->socket.sendFrame(frame.begin(), n, static_cast<int>(WebSocket::FRAME_FLAG_FIN) | static_cast<int>(WebSocket::FRAME_OP_PONG));
      if (opcode != WebSocket::FRAME_OP_TEXT) continue;
      std::lock_guard lock(mutex_);
      messages_.push_back({std::chrono::steady_clock::now(), std::string(frame.begin(), static_cast<std::size_t>(n))});
      changed_.notify_all();
    }
  } catch (const Poco::Exception &) {
    // The server has gone without a word.
  }
  std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

std::vector<WsClient::Message> WsClient::messages() const {
  std::lock_guard lock(mutex_);
  return messages_;
}

std::size_t WsClient::count() const {
  std::lock_guard lock(mutex_);
  return messages_.size();
}

std::optional<WsClient::Message> WsClient::wait_for(const Match &match, Millis deadline, Moment since) const {
  std::unique_lock lock(mutex_);
  const auto until = std::chrono::steady_clock::now() + deadline;
  for (std::size_t next = 0;;) {
    for (; next < messages_.size(); ++next)
      if (messages_[next].at >= since && match(messages_[next].text)) return messages_[next];
    if (ended_ || changed_.wait_until(lock, until) == std::cv_status::timeout) return std::nullopt;
  }
}

}  // namespace tapedeck::integration
