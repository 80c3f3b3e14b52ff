// What passes between the HTTP front and a vendor: one request in, one reply out, no sockets.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tapedeck::sim {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// Compares header names.
bool same_header(std::string_view a, std::string_view b);

struct Request {
  std::string method;
  std::string path;   ///< below the vendor's prefix, still percent-encoded: `/api/v3/klines`
  std::string query;  ///< raw, without `?`
  Headers headers;
  std::string client;      ///< address without port
  std::string connection;  ///< address with port
  bool first = false;      ///< of this connection, to this vendor
  std::string body;

  /// Value of a header, empty when absent.
  std::string_view header(std::string_view name) const;
};

struct Reply {
  int status = 200;
  std::string content_type;
  std::shared_ptr<const std::string> body;  ///< never null once a handler has returned
  Headers headers;
  std::uint64_t rows = 0;  ///< candles, trades or tickers in the body

  void set(std::string name, std::string value);
};

Reply make_reply(int status, std::string content_type, std::string body);

}  // namespace tapedeck::sim
