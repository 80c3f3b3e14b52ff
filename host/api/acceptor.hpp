// Takes connections in and gives each a thread: a bounded number of threads, a bounded queue, and a
// refusal at once for whoever is beyond both.
#pragma once

#include <deque>
#include <string>
#include <thread>
#include <vector>

#include "api/server_state.hpp"
#include "base/bounded_queue.hpp"

namespace tapedeck::api {

// An open descriptor, closed with this.
class OwnedFd {
 public:
  explicit OwnedFd(int fd) noexcept : fd_(fd) {}
  ~OwnedFd();
  OwnedFd(OwnedFd &&other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  OwnedFd &operator=(OwnedFd &&) = delete;
  int get() const noexcept { return fd_; }

 private:
  int fd_;
};

// Lifecycle: accepts from its making until `server.stop` is cancelled; the destructor waits for that
// and for every connection. Borrows the listening descriptor. Threads: one.
class Acceptor {
 public:
  Acceptor(int listening_fd, ServerState &server);
  ~Acceptor();
  Acceptor(const Acceptor &) = delete;
  Acceptor &operator=(const Acceptor &) = delete;

 private:
  struct Client {
    OwnedFd fd;
    std::string peer;
  };
  void accept_until_stopped();
  void accept_one();
  void admit(Client client);
  void refuse(Client client);
  void serve_clients();
  bool enough_threads();

  int listening_fd_;
  ServerState &server_;
  BoundedQueue<Client> queue_;
  std::vector<std::thread> workers_;  // the accepting thread's, until that has ended
  std::deque<OwnedFd> refused_;
  std::thread acceptor_;
};

}  // namespace tapedeck::api
