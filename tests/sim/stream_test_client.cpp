#include "sim/stream_test_client.hpp"

#include <Poco/Buffer.h>
#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/WebSocket.h>

#include <algorithm>

namespace tapedeck::sim {
namespace {

using Poco::Net::WebSocket;

constexpr int kMaxFrame = 1 << 28;

constexpr int final_frame(int opcode) {
  return static_cast<int>(WebSocket::FRAME_FLAG_FIN) | opcode;
}

}  // namespace

struct StreamTestClient::Socket {
  Socket(std::uint16_t port, const std::string &path, Poco::Net::HTTPResponse &response)
      : session("127.0.0.1", port), request("GET", path, Poco::Net::HTTPMessage::HTTP_1_1) {
    session.setTimeout(Poco::Timespan(10, 0));
    socket = std::make_unique<WebSocket>(session, request, response);
    socket->setReceiveTimeout(Poco::Timespan(0, 0));
    socket->setMaxPayloadSize(kMaxFrame);
  }

  Poco::Net::HTTPClientSession session;
  Poco::Net::HTTPRequest request;
  std::unique_ptr<WebSocket> socket;
};

StreamTestClient::StreamTestClient(std::uint16_t port, const std::string &path, Behaviour behaviour)
    : behaviour_(behaviour) {
  Poco::Net::HTTPResponse response;
  response.setStatus(Poco::Net::HTTPResponse::HTTP_SWITCHING_PROTOCOLS);
  try {
    socket_ = std::make_unique<Socket>(port, path, response);
  } catch (const Poco::Exception &error) {
    const int status = response.getStatus();
    refusal_ = status == Poco::Net::HTTPResponse::HTTP_SWITCHING_PROTOCOLS ? 0 : status;
    end_ = StreamEnd{0, error.displayText()};
    return;
  }
  if (behaviour_.reads) reader_ = std::thread([this] { read(); });
}

StreamTestClient::~StreamTestClient() {
  if (!socket_) return;
  try {
    // Wakes the reader, whatever the other side does.
    socket_->socket->StreamSocket::shutdown();
  } catch (const Poco::Exception &) {
    // It has been reset: the reader knows already.
    finish({0, "closed"});
  }
  if (reader_.joinable()) reader_.join();
}

bool StreamTestClient::connected() const {
  const std::lock_guard lock(mutex_);
  return socket_ != nullptr && !end_;
}

void StreamTestClient::finish(StreamEnd end) {
  {
    const std::lock_guard lock(mutex_);
    if (!end_) end_ = std::move(end);
  }
  changed_.notify_all();
}

void StreamTestClient::read() {
  Poco::Buffer<char> buffer(0);
  try {
    for (;;) {
      buffer.resize(0);
      int flags = 0;
      const int size = socket_->socket->receiveFrame(buffer, flags);
      if (size <= 0 && flags == 0) return finish({0, "the connection has ended"});
      const std::string payload(buffer.begin(), static_cast<std::size_t>(size));
      const int opcode = flags & WebSocket::FRAME_OP_BITMASK;
      if (opcode == WebSocket::FRAME_OP_CLOSE) {
        const bool coded = payload.size() >= 2;
        const int code = !coded ? 1005
                                : static_cast<unsigned char>(payload[0]) * 256 +
                                      static_cast<unsigned char>(payload[1]);
        send_frame(payload, final_frame(WebSocket::FRAME_OP_CLOSE));
        return finish({code, coded ? payload.substr(2) : std::string()});
      }
      {
        const std::lock_guard lock(mutex_);
        if (opcode == WebSocket::FRAME_OP_TEXT) texts_.push_back(payload);
        if (opcode == WebSocket::FRAME_OP_PING) pings_.push_back(payload);
      }
      if (opcode == WebSocket::FRAME_OP_PING && behaviour_.pongs) pong(payload);
      changed_.notify_all();
    }
  } catch (const Poco::Exception &error) {
    finish({0, error.displayText()});
  }
}

void StreamTestClient::send_frame(const std::string &payload, int flags) {
  if (!socket_) return;
  const std::lock_guard lock(write_mutex_);
  try {
    socket_->socket->sendFrame(payload.data(), static_cast<int>(payload.size()), flags);
  } catch (const Poco::Exception &error) {
    // The other side has gone; the reader finds out how.
    if (!behaviour_.reads) finish({0, error.displayText()});
  }
}

void StreamTestClient::send(const std::string &text) { send_frame(text, WebSocket::FRAME_TEXT); }

void StreamTestClient::ping(const std::string &payload) {
  send_frame(payload, final_frame(WebSocket::FRAME_OP_PING));
}

void StreamTestClient::pong(const std::string &payload) {
  send_frame(payload, final_frame(WebSocket::FRAME_OP_PONG));
}

void StreamTestClient::close() {
  send_frame(std::string("\x03\xe8", 2), final_frame(WebSocket::FRAME_OP_CLOSE));
}

std::string StreamTestClient::command(const std::string &method, const std::string &params) {
  std::string id;
  {
    const std::lock_guard lock(mutex_);
    id = std::to_string(next_id_++);
  }
  const std::string with = params.empty() ? std::string() : ",\"params\":" + params;
  send("{\"method\":\"" + method + "\"" + with + ",\"id\":" + id + "}");
  return wait_for_text([end = ",\"id\":" + id + "}"](const std::string &text) {
    return text.ends_with(end) &&
           (text.starts_with("{\"result\"") || text.starts_with("{\"error\""));
  });
}

bool StreamTestClient::subscribe(const std::vector<std::string> &streams) {
  std::string params;
  for (const std::string &stream : streams)
    params.append(params.empty() ? "[\"" : ",\"").append(stream).append("\"");
  return command("SUBSCRIBE", params + "]").starts_with("{\"result\":null");
}

std::vector<std::string> StreamTestClient::texts() const {
  const std::lock_guard lock(mutex_);
  return texts_;
}

std::size_t StreamTestClient::count() const {
  const std::lock_guard lock(mutex_);
  return texts_.size();
}

std::vector<std::string> StreamTestClient::pings() const {
  const std::lock_guard lock(mutex_);
  return pings_;
}

std::optional<StreamEnd> StreamTestClient::end() const {
  const std::lock_guard lock(mutex_);
  return end_;
}

bool StreamTestClient::wait_for(const std::function<bool()> &condition) const {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  std::unique_lock lock(mutex_);
  for (;;) {
    lock.unlock();
    if (condition()) return true;
    lock.lock();
    // Conditions may be about the simulator, which does not announce its changes here.
    if (std::chrono::steady_clock::now() >= deadline) return false;
    changed_.wait_for(lock, std::chrono::milliseconds(5));
  }
}

bool StreamTestClient::wait_for_count(std::size_t wanted) const {
  return wait_for([&] { return count() >= wanted; });
}

std::string StreamTestClient::wait_for_text(const Match &match) const {
  std::string found;
  std::size_t seen = 0;
  wait_for([&] {
    const std::lock_guard lock(mutex_);
    for (; seen < texts_.size(); ++seen)
      if (match(texts_[seen])) {
        found = texts_[seen];
        return true;
      }
    return end_.has_value();
  });
  return found;
}

std::string StreamTestClient::wait_for_part(const std::string &part) const {
  return wait_for_text(
      [&](const std::string &text) { return text.find(part) != std::string::npos; });
}

std::optional<StreamEnd> StreamTestClient::wait_for_end() const {
  wait_for([&] { return end().has_value(); });
  return end();
}

}  // namespace tapedeck::sim
