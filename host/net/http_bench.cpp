// Keep-alive GETs on loopback: our client against a bare POCO session that reads into a reused string, in
// turns against the same server. Prints medians as JSON, wall time and the client thread's CPU time; on a
// busy machine only the latter means anything for small bodies.
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <istream>
#include <string>
#include <thread>
#include <vector>

#include "net/http_client.hpp"

namespace {

using Clock = std::chrono::steady_clock;
constexpr int kRequests = 200;
constexpr int kRounds = 15;

struct Cost {
  std::vector<double> wall_us, cpu_us;  // per request, one entry a round
};

std::string json_body(std::size_t size) {
  std::string out = "[";
  while (out.size() < size) out += R"([1499040000000,"0.01634790","0.80000000","0.01575800","0.01577100","148976.11427815"],)";
  out.resize(size);
  return out;
}

void serve(int fd, const std::string &answer) {
  std::string in;
  char buffer[4096];
  for (ssize_t n = 0; (n = ::recv(fd, buffer, sizeof buffer, 0)) > 0;) {
    in.append(buffer, static_cast<std::size_t>(n));
    if (in.find("\r\n\r\n") == std::string::npos) continue;
    in.clear();
    for (std::size_t sent = 0; sent < answer.size();) {
      const ssize_t m = ::send(fd, answer.data() + sent, answer.size() - sent, MSG_NOSIGNAL);
      if (m <= 0) break;
      sent += static_cast<std::size_t>(m);
    }
  }
  ::close(fd);
}

class Server {
 public:
  explicit Server(const std::string &body)
      : answer_("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                std::to_string(body.size()) + "\r\n\r\n" + body),
        listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof name;
    auto *address = reinterpret_cast<sockaddr *>(&name);
    if (::bind(listener_, address, size) != 0 || ::listen(listener_, 8) != 0) std::abort();
    getsockname(listener_, address, &size);
    port_ = ntohs(name.sin_port);
    thread_ = std::thread([this] {
      for (int fd = 0; (fd = ::accept(listener_, nullptr, nullptr)) >= 0;) {
        const int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        std::thread([fd, this] { serve(fd, answer_); }).detach();
      }
    });
  }
  ~Server() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  std::uint16_t port() const { return port_; }

 private:
  const std::string answer_;
  int listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

double cpu_us() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) / 1e3;
}

template <class F>
void measure(Cost &out, F &&run) {
  run();  // connects
  const auto began = Clock::now();
  const double cpu = cpu_us();
  for (int i = 0; i < kRequests; ++i) run();
  out.cpu_us.push_back((cpu_us() - cpu) / kRequests);
  out.wall_us.push_back(std::chrono::duration<double, std::micro>(Clock::now() - began).count() / kRequests);
}

void run_bare(Cost &out, std::uint16_t port, std::size_t size) {
  Poco::Net::HTTPClientSession session("127.0.0.1", port);
  session.setKeepAlive(true);
  std::string body;
  measure(out, [&] {
    Poco::Net::HTTPRequest request("GET", "/klines?symbol=BTCUSDT&limit=1000", "HTTP/1.1");
    session.sendRequest(request);
    Poco::Net::HTTPResponse response;
    std::istream &in = session.receiveResponse(response);
    body.resize(static_cast<std::size_t>(response.getContentLength64()));
    in.read(body.data(), static_cast<std::streamsize>(body.size()));
    if (body.size() != size || !in) std::abort();
    in.get();  // POCO wants the stream read to its end
  });
}

void run_ours(Cost &out, tapedeck::HttpClient &client, tapedeck::Account &account, std::uint16_t port,
              std::size_t size) {
  tapedeck::HttpRequest request;
  request.url = "http://127.0.0.1:" + std::to_string(port) + "/klines?symbol=BTCUSDT&limit=1000";
  tapedeck::HttpAnswer answer;
  measure(out, [&] {
    client.request(request, &account, nullptr, answer);
    if (answer.body.size() != size) std::abort();
  });
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void compare(std::size_t size, const char *end) {
  const Server server(json_body(size));
  tapedeck::HttpClient client({}, tapedeck::system_clock());
  tapedeck::Account account("bench", tapedeck::system_clock());
  account.define("weight", tapedeck::WindowKind::Fixed, 1'000'000'000, 60'000'000'000);
  Cost bare, ours;
  for (int i = 0; i < kRounds; ++i) {
    run_bare(bare, server.port(), size);
    run_ours(ours, client, account, server.port(), size);
  }
  const double wall[] = {median(bare.wall_us), median(ours.wall_us)};
  const double cpu[] = {median(bare.cpu_us), median(ours.cpu_us)};
  std::printf("  {\"body_bytes\": %zu, \"bare_poco_us\": %.1f, \"tapedeck_us\": %.1f, \"ratio\": %.3f, "
              "\"bare_poco_cpu_us\": %.1f, \"tapedeck_cpu_us\": %.1f, \"cpu_ratio\": %.3f}%s\n",
              size, wall[0], wall[1], wall[1] / wall[0], cpu[0], cpu[1], cpu[1] / cpu[0], end);
}

}  // namespace

int main() {
  std::printf("[\n");
  compare(1'000, ",");
  compare(150'000, ",");
  compare(2'000'000, "");
  std::printf("]\n");
}
