#include "sim/delivery.hpp"

#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeFormatter.h>
#include <Poco/Net/HTTPResponse.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

namespace tapedeck::sim {
namespace {

constexpr std::size_t kDripPieces = 50;
constexpr std::int64_t kPollMs = 50;
/// Time for the first half to arrive: a reset throws away what the peer has not read yet.
constexpr std::int64_t kBeforeResetMs = 20;

/// Sends both parts, in one call as long as the socket takes them.
bool send_all(Poco::Net::StreamSocket &socket, std::string_view head, std::string_view body) {
  while (!head.empty() || !body.empty()) {
    // sendmsg wants mutable pointers but only reads.
    std::array<iovec, 2> parts{{{const_cast<char *>(head.data()), head.size()},
                                {const_cast<char *>(body.data()), body.size()}}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    const ssize_t sent = ::sendmsg(socket.impl()->sockfd(), &message, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    const std::size_t from_head = std::min(static_cast<std::size_t>(sent), head.size());
    head.remove_prefix(from_head);
    body.remove_prefix(static_cast<std::size_t>(sent) - from_head);
  }
  return true;
}

bool drip(Poco::Net::StreamSocket &socket, std::string_view head, std::string_view body,
          std::int64_t drip_ms, StopSignal &stop) {
  if (!send_all(socket, head, {})) return false;
  const std::size_t pieces = std::clamp<std::size_t>(body.size(), 1, kDripPieces);
  std::size_t sent = 0;
  for (std::size_t i = 1; i <= pieces; ++i) {
    if (stop.wait(drip_ms / static_cast<std::int64_t>(pieces))) return false;
    const std::size_t upto = body.size() * i / pieces;
    if (!send_all(socket, body.substr(sent, upto - sent), {})) return false;
    sent = upto;
  }
  return true;
}

bool client_left(Poco::Net::StreamSocket &socket) {
  char byte = 0;
  const ssize_t got = ::recv(socket.impl()->sockfd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

void hang(Poco::Net::StreamSocket &socket, StopSignal &stop) {
  for (std::int64_t waited = 0; waited < kHangMs; waited += kPollMs)
    if (stop.wait(kPollMs) || client_left(socket)) return;
}

void break_off(Poco::Net::StreamSocket &socket, bool reset, StopSignal &stop) {
  if (reset) {
    stop.wait(kBeforeResetMs);
    socket.setLinger(true, 0);
    socket.close();
  } else {
    socket.shutdownSend();
  }
}

}  // namespace

std::string render_head(const Reply &reply, bool keep_alive) {
  std::string head = "HTTP/1.1 " + std::to_string(reply.status) + ' ' +
                     Poco::Net::HTTPResponse::getReasonForStatus(
                         static_cast<Poco::Net::HTTPResponse::HTTPStatus>(reply.status)) +
                     "\r\n";
  const auto add = [&](std::string_view name, std::string_view value) {
    head.append(name).append(": ").append(value).append("\r\n");
  };
  if (!reply.content_type.empty()) add("Content-Type", reply.content_type);
  add("Content-Length", std::to_string(reply.body->size()));
  add("Connection", keep_alive ? "keep-alive" : "close");
  bool dated = false;
  for (const auto &header : reply.headers) dated = dated || header.first == "Date";
  if (!dated)
    add("Date",
        Poco::DateTimeFormatter::format(Poco::Timestamp(), Poco::DateTimeFormat::HTTP_FORMAT));
  add("Server", "tapedeck-sim");
  for (const auto &[name, value] : reply.headers) add(name, value);
  return head += "\r\n";
}

bool deliver(Poco::Net::StreamSocket &socket, const Reply &reply, const Delivery &delivery,
             StopSignal &stop) {
  if (delivery.transport == Transport::Hang) {
    hang(socket, stop);
    return false;
  }
  const std::string head = render_head(reply, delivery.keep_alive);
  const std::string_view body = delivery.head_only ? std::string_view{} : *reply.body;
  switch (delivery.transport) {
    case Transport::Drip:
      return drip(socket, head, body, delivery.drip_ms, stop);
    case Transport::Reset:
    case Transport::Close:
      if (send_all(socket, head, body.substr(0, body.size() / 2)))
        break_off(socket, delivery.transport == Transport::Reset, stop);
      return false;
    case Transport::Whole:
    case Transport::Hang:
      break;
  }
  return send_all(socket, head, body);
}

}  // namespace tapedeck::sim
