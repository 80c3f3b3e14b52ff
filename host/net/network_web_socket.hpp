// A WebSocket on a connection.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "net/stream_call.hpp"
#include "net/tape_recorder.hpp"
#include "net/web_socket.hpp"
#include "net/ws_frame.hpp"

namespace tapedeck {

// The address of a WebSocket as HTTP has it: ws is http, wss is https, others stay.
std::string http_url_of(std::string_view url);

class NetworkWebSocket final : public WebSocket {
 public:
  // Shakes hands by `call`. Throws Error as HttpClient::open_web_socket(). `text` begins every error.
  static std::unique_ptr<NetworkWebSocket> open(StreamCall &call, const HttpRequest &rq, std::string text,
                                                std::int64_t send_timeout_ns);
  ~NetworkWebSocket() override;
  NetworkWebSocket(const NetworkWebSocket &) = delete;
  NetworkWebSocket &operator=(const NetworkWebSocket &) = delete;

  // From now on, what passes is recorded.
  void record(std::unique_ptr<TapeTrack> track) { track_ = std::move(track); }

  void send(bool is_text, std::string_view payload, const tdk_cancel *cancel) override;
  tdk_status receive(std::int64_t timeout_ns, const MessageHandler &on_message, const tdk_cancel *cancel) override;
  void close() noexcept override;

 private:
  NetworkWebSocket(OpenedStream opened, std::string text, std::int64_t send_timeout_ns);
  void require_open() const;
  tdk_status hand_over(const MessageHandler &on_message, bool &handed);
  bool read_more(IoScope &scope, std::int64_t timeout_ns);
  std::int64_t pong_wait_ns() const;
  void send_pong();
  void on_close();
  void on_breach();
  void say_good_bye(std::uint16_t code, std::string_view reason) noexcept;
  void lose(tdk_status status, const std::string &why);
  [[noreturn]] void end(tdk_status status, const std::string &why);

  const std::string text_;
  const std::int64_t send_timeout_ns_;
  std::unique_ptr<StreamChannel> channel_;  // NULL once closed
  WsReader reader_{WsRole::Client};
  std::unique_ptr<TapeTrack> track_;
  std::string out_;                   // scratch
  std::optional<std::string> pong_;   // owed to the newest ping
  std::int64_t last_pong_ns_ = INT64_MIN;
  std::optional<Error> ended_;
  bool receiving_ = false;
};

}  // namespace tapedeck
