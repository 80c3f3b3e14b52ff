// Every bound of the API in one place; tests tighten them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace tapedeck {

struct StreamLimits {
  int clients = 1000;                     // WebSocket clients at once; beyond: 503
  std::size_t outbox_bytes = 16 * 1024 * 1024;  // waiting for one client; beyond: it reads too slowly
  std::size_t outbox_messages = 65'536;         // likewise; at the fastest 70 ms of messages
  int send_buffer = 256 * 1024;           // the kernel's share for each client
  std::size_t message_bytes = 64 * 1024;  // of a client's message
  double messages_per_second = 50;        // from a client
  std::size_t subscriptions = 2000;       // of a client
  std::chrono::seconds ping{20};
  std::chrono::seconds silence{60};       // without any frame: the client is gone
  std::chrono::seconds farewell{5};       // in which a slow client has to take the reason and the Close frame
};

struct ApiLimits {
  int threads = 32;         // connections served at once
  int queued = 64;          // connections waiting for a thread; beyond: 503
  int candle_streams = 16;  // fewer than threads, so that /health answers while every stream is busy
  int vendor_calls = 8;     // requests that may wait for a vendor at once; beyond: 503

  std::size_t uri_bytes = 8 * 1024;
  std::size_t header_bytes = 16 * 1024;  // all header lines together
  std::size_t header_count = 64;
  std::size_t body_bytes = 64 * 1024;
  int requests_per_connection = 1000;

  std::chrono::milliseconds request_read{10'000};  // from accept or first byte to the last of the body
  std::chrono::milliseconds keep_alive{15'000};    // between two requests
  std::chrono::milliseconds write{30'000};         // in which a client has to take 64 KiB
  std::chrono::milliseconds answer{30'000};        // until an answer, or the first row of one, is there

  std::size_t holes = 1000;              // in one answer
  std::uint64_t coverage_entries = 10'000;  // in one answer, unless `limit` says otherwise
  std::uint64_t max_limit = 10'000'000;
  std::size_t quote_symbols = 100;       // of one request
  std::uint64_t symbols = 1000;          // of each provider, in one answer

  StreamLimits stream;
};

}  // namespace tapedeck
