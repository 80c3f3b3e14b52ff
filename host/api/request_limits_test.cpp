// Requests that are too long, too slow, too many, or none at all.
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>

#include <iterator>
#include <random>

#include "api/api_test_support.hpp"

using namespace tapedeck;
using namespace tapedeck::api;
using namespace std::chrono_literals;
namespace {

class Requests : public ApiTest {
 protected:
  // All that comes back for `text` up to the close.
  std::string reply(std::string_view text) {
    if (!server) start();
    RawClient client(server->port());
    client.send(text);
    return client.rest();
  }
  static int status(const std::string &text) { return text.size() > 12 ? std::stoi(text.substr(9, 3)) : 0; }
  ApiLimits hasty() {
    ApiLimits limits;
    limits.request_read = 100ms;
    limits.keep_alive = 100ms;
    return limits;
  }
};

const std::string kHost = "Host: localhost\r\n";

}  // namespace

TEST_F(Requests, WithALongTargetGet414) {
  EXPECT_EQ(status(reply(get_text("/health?" + std::string(8 * 1024, 'a')))), 414);
  EXPECT_EQ(status(reply("GET /" + std::string(100 * 1024, 'a'))), 414) << "before its end";
  EXPECT_EQ(get("/health?" + std::string(8 * 1024 - 8, 'a')).status, 200);
}

TEST_F(Requests, WithManyOrLargeHeadersGet431) {
  std::string many;
  for (int i = 0; i < 65; ++i) many += "X-" + std::to_string(i) + ": 1\r\n";
  EXPECT_EQ(status(reply(get_text("/health", many))), 431);
  EXPECT_EQ(status(reply(get_text("/health", "X: " + std::string(17 * 1024, 'a') + "\r\n"))), 431);
  EXPECT_EQ(status(reply("GET / HTTP/1.1\r\nX: " + std::string(1024 * 1024, 'a'))), 431) << "before its end";
}

TEST_F(Requests, WithALargeBodyGet413) {
  const auto post = [](std::string_view length) {
    return "POST /health HTTP/1.1\r\n" + kHost + "Content-Length: " + std::string(length) + "\r\n\r\n";
  };
  EXPECT_EQ(status(reply(post("65537"))), 413);
  EXPECT_EQ(status(reply(post("65537") + std::string(65537, 'x'))), 413) << "the answer outlives the unread body";
  EXPECT_EQ(request(post("65536") + std::string(65536, 'x')).status, 405);
  for (const char *bad : {"-1", "1x", "", "18446744073709551616", "+5"}) EXPECT_EQ(status(reply(post(bad))), 400) << bad;
}

TEST_F(Requests, WithAnAmbiguousLengthAreRefused) {
  EXPECT_EQ(status(reply("POST / HTTP/1.1\r\n" + kHost + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab")), 400);
  EXPECT_EQ(status(reply("POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n")), 411);
}

TEST_F(Requests, ThatAskToContinueMay) {
  start();
  RawClient client(server->port());
  client.send("POST /health HTTP/1.1\r\n" + kHost + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.some(), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("{}");
  EXPECT_EQ(client.answer().status, 405);
}

TEST_F(Requests, ThatTrickleInGet408) {
  start(hasty());
  RawClient client(server->port());
  client.send("GET /health HT");
  const auto began = std::chrono::steady_clock::now();
  // Another byte every few milliseconds renews no deadline.
  while (client.send("x")) {
    if (std::chrono::steady_clock::now() - began > 30s) break;
    eventually([at = std::chrono::steady_clock::now() + 10ms] { return std::chrono::steady_clock::now() > at; });
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, 30s);
  EXPECT_EQ(status(client.rest()), 408);
}

TEST_F(Requests, ThatAlwaysHaveAnotherByteGet408) {
  start(hasty());
  RawClient client(server->port());
  std::string flood;
  for (int i = 0; i < 60'000; ++i) flood += "\r\n";
  const auto began = std::chrono::steady_clock::now();
  while (client.send(flood) && std::chrono::steady_clock::now() - began < 30s) {
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, 30s);
}

TEST_F(Requests, WithHalfABodyGet408) {
  start(hasty());
  EXPECT_EQ(status(reply("POST / HTTP/1.1\r\n" + kHost + "Content-Length: 10\r\n\r\nabc")), 408);
}

TEST_F(Requests, ThatNeverComeEndTheConnectionWithoutAWord) {
  start(hasty());
  EXPECT_EQ(reply(""), "");
  RawClient client(server->port());
  client.send(get_text("/health"));
  EXPECT_EQ(client.answer().status, 200);
  EXPECT_EQ(client.rest(), "") << "keep-alive has an end";
}

TEST_F(Requests, MayFollowEachOtherOnOneConnection) {
  start();
  RawClient client(server->port());
  client.send(get_text("/health") + "\r\n" + get_text("/ready") + get_text("/nothing"));
  EXPECT_EQ(client.answer().status, 200);
  EXPECT_NE(client.answer().body.find("ready"), std::string::npos);
  EXPECT_EQ(client.answer().status, 404);
  client.send(get_text("/api/v1/candles/BTCUSDT?interval=1m&limit=1"));
  EXPECT_TRUE(client.answer().whole);
  client.send(get_text("/health", "Connection: close\r\n"));
  EXPECT_EQ(client.answer().headers.at("connection"), "close");
  EXPECT_EQ(client.rest(), "");
}

TEST_F(Requests, OnOneConnectionAreCounted) {
  ApiLimits limits;
  limits.requests_per_connection = 2;
  start(limits);
  RawClient client(server->port());
  client.send(get_text("/health") + get_text("/health") + get_text("/health"));
  client.answer();
  EXPECT_EQ(client.answer().headers.at("connection"), "close");
  EXPECT_EQ(client.rest(), "");
}

TEST_F(Requests, ThatAreNoHttpGet400AtOnce) {
  const std::vector<std::string> garbage = {
      std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), "hello\r\n", "GET\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/1.1\nHost: localhost\n\n",
      "get / HTTP/1.1\r\n\r\n", "GET  HTTP/1.1\r\n\r\n", "GET x HTTP/1.1\r\n\r\n", "GET / FTP/1.1\r\n\r\n", std::string(40, 'A'),
      "GET /a b HTTP/1.1\r\n\r\n", "GET /\x01 HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost localhost\r\n\r\n",
      "GET / HTTP/1.1\r\n: x\r\n\r\n", "GET / HTTP/1.1\r\nHost : localhost\r\n\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\n folded\r\n\r\n",
      std::string("GET / HTTP/1.1\r\nX: a\0b\r\n\r\n", 27), "GET / HTTP/1.1\r\nX: a\rb\r\n\r\n", "* / HTTP/1.1\r\n\r\n"};
  for (const auto &text : garbage) EXPECT_EQ(status(reply(text)), 400) << text;
  EXPECT_EQ(status(reply("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")), 505);
}

TEST_F(Requests, OfRandomBytesNeverHarmTheServer) {
  start(hasty());
  std::mt19937 random(7);
  const std::string seed = get_text("/api/v1/candles/BTC%2FUSDT?interval=1m&from=2d&to=1d&limit=5&order=desc&format=csv", "Connection: close\r\n");
  for (int i = 0; i < 300; ++i) {
    std::string text = seed;
    for (unsigned n = random() % 8 + 1; n > 0; --n) {
      const std::size_t where = random() % text.size();
      if (random() % 3 == 0) text.erase(where, random() % 10);
      else if (random() % 2 == 0) text.insert(where, 1, static_cast<char>(random()));
      else text[where] = static_cast<char>(random());
    }
    const std::string answer = reply(text);
    EXPECT_TRUE(answer.empty() || answer.starts_with("HTTP/1.1 ")) << answer;
    EXPECT_FALSE(answer.starts_with("HTTP/1.1 5") && status(answer) != 505) << text << answer;
  }
  EXPECT_EQ(get("/health").status, 200);
}

TEST_F(Requests, OfAnOrdinaryClientAreServed) {
  start();
  Poco::Net::HTTPClientSession session("127.0.0.1", server->port());
  for (int i = 0; i < 3; ++i) {
    Poco::Net::HTTPRequest request("GET", "/api/v1/candles/BTC%2FUSDT?interval=1m&format=csv", "HTTP/1.1");
    session.sendRequest(request);
    Poco::Net::HTTPResponse response;
    std::istream &in = session.receiveResponse(response);
    const std::string body((std::istreambuf_iterator<char>(in)), {});
    EXPECT_EQ(response.getStatus(), 200);
    EXPECT_EQ(std::count(body.begin(), body.end(), '\n'), 2841);
  }
}
