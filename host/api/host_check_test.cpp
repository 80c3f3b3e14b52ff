// Where the server listens and whom it answers.
#include "api/api_test_support.hpp"
#include "api/http_error.hpp"
#include "api/listen_address.hpp"

using namespace tapedeck;
using namespace tapedeck::api;
namespace {

class Listening : public ApiTest {
 protected:
  std::string start_problem(const std::string &address, std::uint16_t port) {
    ApiConfig config;
    config.host = address;
    config.port = port;
    ApiServer other(config, ports());
    try {
      other.start();
    } catch (const Error &e) {
      return e.what();
    }
    return "started";
  }
};

}  // namespace

TEST_F(Listening, IsForLoopbackOnly) {
  EXPECT_EQ(start_problem("0.0.0.0", 8080),
            "listening on 0.0.0.0:8080: this version serves loopback only; access control comes with a later version; "
            "use 127.0.0.1 or a reverse proxy");
  for (const char *address : {"::", "192.168.1.5", "example.com", "", "127.0.0.1.example.com", "128.0.0.1", "*"})
    EXPECT_THROW(loopback_address(address, 1), Error) << address;
  for (const char *address : {"localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]"})
    EXPECT_NO_THROW(loopback_address(address, 1)) << address;
}

TEST_F(Listening, RefusesAPortThatIsTaken) {
  start();
  const std::string problem = start_problem("127.0.0.1", server->port());
  EXPECT_NE(problem.find("listening on 127.0.0.1:" + std::to_string(server->port())), std::string::npos) << problem;
  EXPECT_NE(problem.find("is another program using the port?"), std::string::npos) << problem;
}

TEST_F(Listening, CanBeginAgainOnThePortJustLeft) {
  start();
  get("/health");
  ApiConfig config;
  config.port = server->port();
  server->stop();
  server = std::make_unique<ApiServer>(config, ports());
  server->start();
  EXPECT_EQ(get("/health").status, 200);
}

TEST_F(Listening, AnswersLoopbackNames) {
  for (const char *name : {"localhost", "LOCALHOST:1", "127.0.0.1", "127.0.0.1:8080", "127.0.0.2:8080", "[::1]", "[::1]:8080", "localhost:"})
    EXPECT_EQ(request("GET /health HTTP/1.1\r\nHost: " + std::string(name) + "\r\n\r\n").status, 200) << name;
}

TEST_F(Listening, RefusesNamesThatWereMadeToPointHere) {
  for (const char *name : {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8080", "", "0.0.0.0", "128.0.0.1", "127.1", "[::1", "::1:80", "user@localhost"}) {
    const Answer a = request("GET /health HTTP/1.1\r\nHost: " + std::string(name) + "\r\n\r\n");
    EXPECT_EQ(a.status, 403) << name;
    EXPECT_NE(a.body.find("forbidden_host"), std::string::npos) << a.body;
  }
}

TEST_F(Listening, EveryNameOfARequestCounts) {
  EXPECT_EQ(request("GET http://evil.example/health HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 403);
  EXPECT_EQ(request("GET http://localhost/health HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 200);
  EXPECT_EQ(request("GET /health HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n").status, 403);
  EXPECT_EQ(request("GET /health HTTP/1.1\r\n\r\n").status, 400);
  EXPECT_EQ(request("GET /health HTTP/1.0\r\n\r\n").status, 200);
}
