// `tapedeck run` with a live pipeline, a subscriber of its stream, and its store, as the benchmark sees them.
#pragma once

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/WebSocket.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "child.hpp"
#include "net/ws_frame.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace tapedeck::bench {

// Lifecycle: ready when constructed; its files are in `work`, and the old ones are removed.
class LiveHost {
 public:
  // `symbols` are bases of pairs with USDT; the vendor is at `url`.
  LiveHost(const std::string &bin, const std::string &work, const std::string &url,
           const std::vector<std::string> &symbols);
  std::uint16_t port() const { return port_; }
  std::string store() const { return work_ + "/live.db"; }
  // Adds up the samples of a metric whose labels contain `label`.
  double metric(const std::string &name, const std::string &label = "") const;
  double cpu_s() const { return process_->cpu_s(); }
  Ended stop() { return process_->stop(); }

 private:
  const std::string work_;
  const std::uint16_t port_;
  std::unique_ptr<Background> process_;
};

// A client of WS /api/v1/stream: POCO shakes hands, then the bytes are read bare. Threads: one.
class LiveSubscriber {
 public:
  explicit LiveSubscriber(std::uint16_t port);
  // To trades, quotes and candles of each, within the rate that the host allows, until all are answered.
  void subscribe(const std::vector<std::string> &symbols);
  // Reads until `trades` and `quotes` have come; false when the host ends the connection or says nothing
  // for half a minute.
  template <typename OnTick>
  bool read_until(std::size_t trades, std::size_t quotes, const OnTick &on_tick) {
    while (trades_ < trades || quotes_ < quotes)
      if (!read([&](std::string_view text) { count(text, on_tick); })) return false;
    return true;
  }
  std::size_t trades() const { return trades_; }
  std::size_t quotes() const { return quotes_; }
  std::size_t candles() const { return candles_; }
  const std::string &last_words() const { return last_words_; }

 private:
  template <typename OnTick>
  void count(std::string_view text, const OnTick &on_tick) {
    const bool trade = text.starts_with("{\"type\":\"trade\"");
    if (!trade && !text.starts_with("{\"type\":\"quote\"")) return note(text);
    ++(trade ? trades_ : quotes_);
    on_tick(text);
  }
  void note(std::string_view text);
  bool wait();
  // Whatever comes with one receive.
  template <typename OnText>
  bool read(const OnText &on_text) {
    if (!wait()) return false;
    for (WsEvent e = reader_.next(); e.kind != WsEvent::Kind::None; e = reader_.next()) {
      if (e.kind == WsEvent::Kind::Close || e.kind == WsEvent::Kind::Failure) return false;
      if (e.kind == WsEvent::Kind::Text) on_text(e.payload);
    }
    return true;
  }

  Poco::Net::HTTPClientSession session_;
  Poco::Net::HTTPRequest request_;
  Poco::Net::HTTPResponse response_;
  Poco::Net::WebSocket socket_;
  WsReader reader_{WsRole::Client, {.buffer = 256 * 1024}};
  std::size_t trades_ = 0, quotes_ = 0, candles_ = 0, answers_ = 0;
  std::string last_words_;  // the last status or error
};

// The store, read beside the host that writes it. Threads: one.
class LiveStore {
 public:
  explicit LiveStore(const std::string &file);
  LiveStore(const LiveStore &) = delete;
  LiveStore &operator=(const LiveStore &) = delete;
  ~LiveStore();
  std::int64_t version() { return number(version_); }  // another one after each commit of the host
  std::int64_t ticks() { return number(ticks_); }
  // Rows of the view "trades" or "quotes", and the sum of their sequences after `first`.
  struct Rows {
    std::int64_t count = 0, sum = 0;
  };
  Rows rows(const std::string &view, std::int64_t first);

 private:
  sqlite3_stmt *prepare(const std::string &sql);
  static std::int64_t number(sqlite3_stmt *statement);
  sqlite3 *db_ = nullptr;
  sqlite3_stmt *version_ = nullptr, *ticks_ = nullptr;
};

}  // namespace tapedeck::bench
