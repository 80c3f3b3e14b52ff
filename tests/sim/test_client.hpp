// A small HTTP client for tests: one request, one whole answer, and errors as values.
#pragma once

#include <map>
#include <string>

#include "sim/simulator.hpp"

namespace tapedeck::sim {

struct Answer {
  int status = 0;  ///< 0: no answer; see `error`
  std::string body;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string error;                           ///< what broke, when the body did not arrive whole
};

class TestClient {
 public:
  explicit TestClient(const Simulator &simulator) : port_(simulator.port()) {}

  Answer get(const std::string &path,
             const std::map<std::string, std::string> &headers = {}) const {
    return send("GET", path, {}, headers);
  }
  Answer send(const std::string &method, const std::string &path, const std::string &body = {},
              const std::map<std::string, std::string> &headers = {}) const;
  /// Sends a fault as JSON; returns the status.
  int fault(const std::string &json) const { return send("POST", "/sim/faults", json).status; }
  /// Waits this long for an answer at most.
  int timeout_ms = 30'000;

 private:
  std::uint16_t port_;
};

}  // namespace tapedeck::sim
