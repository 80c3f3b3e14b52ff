#include "api/response.hpp"

#include <charconv>
#include <cstdio>

namespace tapedeck::api {

std::string_view reason_phrase(int status) noexcept {
  switch (status) {
    case 200: return "OK";
    case 400: return "Bad Request";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 411: return "Length Required";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 426: return "Upgrade Required";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "Unknown";
  }
}

std::string http_date(Nanos time) {
  static constexpr const char *kDays[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};  // the epoch was a Thursday
  static constexpr const char *kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const CivilTime c = civil_of(time);
  const auto weekday = static_cast<std::size_t>(((time / kDay) % 7 + 7) % 7);
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02u %s %04d %02u:%02u:%02u GMT", kDays[weekday], c.day, kMonths[c.month - 1],
                c.year, c.hour, c.minute, c.second);
  return text;
}

void Response::header(std::string_view name, std::string_view value) {
  extra_.append(name).append(": ").append(value).append("\r\n");
}

std::string Response::head(int status, std::string_view content_type) const {
  std::string h = "HTTP/1.1 " + std::to_string(status) + ' ' + std::string(reason_phrase(status)) + "\r\nDate: " +
                  http_date(now_) + "\r\nContent-Type: ";
  h.append(content_type).append("\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n");
  return h + (mode_.keep_alive ? "" : "Connection: close\r\n") + extra_;
}

void Response::send(int status, std::string_view content_type, std::string_view body) {
  std::string text = head(status, content_type) + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  status_ = status;
  if (!mode_.head_only) {
    text += body;
    body_bytes_ = body.size();
  }
  wire_.write(text);
  complete_ = true;
}

void Response::send(const HttpError &error) {
  extra_.clear();  // what a handler said about the answer that it did not give
  if (error.close) mode_.keep_alive = false;
  if (!error.allow.empty()) header("Allow", error.allow);
  if (error.status == 426) extra_ += "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
  if (error.retry_after_s > 0) header("Retry-After", std::to_string(error.retry_after_s));
  send(error.status, kJson, error_body(error));
}

void Response::switch_to_websocket(std::string_view accept_key) {
  std::string text = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ";
  text.append(accept_key).append("\r\n\r\n");
  status_ = 101;
  mode_.keep_alive = false;
  wire_.write(text);
  complete_ = true;
}

void Response::begin(std::string_view content_type) {
  if (!mode_.chunked) mode_.keep_alive = false;
  const std::string text =
      head(200, content_type) + (mode_.chunked ? "Transfer-Encoding: chunked\r\n\r\n" : "\r\n");
  status_ = 200;
  wire_.write(text, !mode_.head_only);
}

void Response::write(std::string_view piece) {
  if (piece.empty() || mode_.head_only) return;  // an empty chunk would end the body
  if (mode_.chunked) {
    char size[20];
    char *end = std::to_chars(size, size + 16, piece.size(), 16).ptr;
    *end++ = '\r';
    *end++ = '\n';
    wire_.write({size, static_cast<std::size_t>(end - size)}, true);
    wire_.write(piece, true);
    wire_.write("\r\n");
  } else {
    wire_.write(piece);
  }
  body_bytes_ += piece.size();
}

void Response::end() {
  if (mode_.chunked && !mode_.head_only) wire_.write("0\r\n\r\n");
  complete_ = true;
}

}  // namespace tapedeck::api
