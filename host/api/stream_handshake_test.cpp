// The opening handshake of WS /api/v1/stream: what is accepted, and how the rest is refused.
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/WebSocket.h>

#include <boost/json.hpp>

#include "api/stream_test_support.hpp"

using namespace tapedeck;
using namespace tapedeck::api;
namespace {

constexpr std::string_view kPath = "/api/v1/stream";

class StreamHandshake : public StreamTest {
 protected:
  // "status code" of the answer to a handshake with these headers.
  std::string answer_to(std::string_view headers, std::string_view method = "GET", std::string_view version = "1.1") {
    if (!server) start();
    const Answer a = request(std::string(method) + " " + std::string(kPath) + " HTTP/" + std::string(version) +
                                 "\r\nHost: localhost\r\n" + std::string(headers) + "\r\n",
                             method == "HEAD");
    last = a;
    if (a.body.empty()) return std::to_string(a.status);
    return std::to_string(a.status) + " " + std::string(boost::json::parse(a.body).at("error").at("code").as_string());
  }
  static std::string without(std::string_view header) {
    std::string out(kHandshake);
    const std::size_t at = out.find(header);
    return out.erase(at, out.find("\r\n", at) + 2 - at);
  }
  Answer last;
};

}  // namespace

TEST_F(StreamHandshake, IsAcceptedWithTheKeyOfTheStandard) {
  start();
  RawClient client(server->port());
  client.send(get_text(kPath, kHandshake));
  const Answer a = client.answer(true);
  EXPECT_EQ(a.status, 101);
  EXPECT_EQ(a.headers.at("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(a.headers.at("upgrade"), "websocket");
  EXPECT_EQ(a.headers.at("connection"), "Upgrade");
}

TEST_F(StreamHandshake, APlainRequestIsToldToUpgrade) {
  EXPECT_EQ(answer_to(""), "426 upgrade_required");
  EXPECT_EQ(last.headers.at("upgrade"), "websocket");
  EXPECT_EQ(answer_to("", "HEAD"), "426");
  EXPECT_EQ(request("GET /api/v1/stream HTTP/1.0\r\n\r\n").status, 426) << "without a Host";
}

TEST_F(StreamHandshake, WhatIsIncompleteIsRefused) {
  EXPECT_EQ(answer_to(without("Connection")), "400 bad_handshake");
  EXPECT_EQ(answer_to(without("Upgrade")), "426 upgrade_required");
  EXPECT_EQ(answer_to(without("Sec-WebSocket-Key")), "400 bad_handshake");
  EXPECT_EQ(answer_to(without("Sec-WebSocket-Key") + "Sec-WebSocket-Key: c2hvcnQ=\r\n"), "400 bad_handshake");
  EXPECT_EQ(answer_to(std::string(kHandshake) + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"), "400 bad_handshake");
  EXPECT_EQ(answer_to(kHandshake, "GET", "1.0"), "400 bad_handshake");
  EXPECT_EQ(answer_to(kHandshake, "POST"), "405 method_not_allowed");
}

TEST_F(StreamHandshake, OtherVersionsAreToldWhichIsSpoken) {
  EXPECT_EQ(answer_to(without("Sec-WebSocket-Version") + "Sec-WebSocket-Version: 8\r\n"), "426 upgrade_required");
  EXPECT_EQ(last.headers.at("sec-websocket-version"), "13");
}

TEST_F(StreamHandshake, PagesOfOtherHostsAreRefused) {
  const std::string good(kHandshake);
  for (const char *origin : {"https://evil.example", "null", "http://localhost.evil.example", "http://127.0.0.1.evil.example:80"})
    EXPECT_EQ(answer_to(good + "Origin: " + origin + "\r\n"), "403 forbidden_origin") << origin;
  for (const char *origin : {"http://localhost:3000", "http://127.0.0.1", "http://[::1]:8080", "https://LOCALHOST"}) {
    RawClient client(server->port());
    client.send(get_text(kPath, good + "Origin: " + origin + "\r\n"));
    EXPECT_EQ(client.answer(true).status, 101) << origin;
  }
}

TEST_F(StreamHandshake, OtherHostsAreRefusedAsOnEveryPath) {
  start();
  const Answer a = request("GET /api/v1/stream HTTP/1.1\r\nHost: evil.example\r\n" + std::string(kHandshake) + "\r\n");
  EXPECT_EQ(a.status, 403);
}

TEST_F(StreamHandshake, WithoutAHubNothingIsStreamed) {
  live = nullptr;
  EXPECT_EQ(answer_to(kHandshake), "503 not_streaming");
}

TEST_F(StreamHandshake, ClientsBeyondTheLimitAreRefusedUntilOneLeaves) {
  ApiLimits limits;
  limits.stream.clients = 2;
  start(limits);
  StreamPeer a = connect();
  std::optional<StreamPeer> b(std::in_place, server->port());
  EXPECT_EQ(answer_to(kHandshake), "503 busy");
  EXPECT_EQ(last.headers.at("retry-after"), "1");
  b->leave();
  ASSERT_TRUE(eventually([&] { return server->counts().stream_clients == 1; }));
  connect();
}

TEST_F(StreamHandshake, AMessageRightBehindTheHandshakeIsNotLost) {
  start();
  RawClient client(server->port());
  std::string bytes = get_text(kPath, kHandshake);
  append_ws_frame(bytes, WsRole::Client, WsOpcode::Text, R"({"action":"subscribe","symbol":"BTCUSDT"})");
  client.send(bytes);
  EXPECT_EQ(client.answer(true).status, 101);
  EXPECT_NE(client.some().find(R"("type":"subscribed")"), std::string::npos);
}

TEST_F(StreamHandshake, ClientsHoldNoThreadOfHttp) {
  ApiLimits limits;
  limits.threads = 1;
  limits.queued = 1;
  start(limits);
  StreamPeer a = connect(), b = connect(), c = connect();
  EXPECT_EQ(get("/health").status, 200);
  EXPECT_EQ(server->counts().stream_clients, 3);
}

TEST_F(StreamHandshake, AnIndependentClientReadsTheStream) {
  start();
  Poco::Net::HTTPClientSession session("127.0.0.1", server->port());
  Poco::Net::HTTPRequest ask(Poco::Net::HTTPRequest::HTTP_GET, std::string(kPath), Poco::Net::HTTPMessage::HTTP_1_1);
  Poco::Net::HTTPResponse response;
  Poco::Net::WebSocket socket(session, ask, response);
  socket.setReceiveTimeout(Poco::Timespan(10, 0));
  const auto next = [&] {
    char text[4096];
    int flags = 0;
    const int n = socket.receiveFrame(text, sizeof text, flags);
    return std::string(text, static_cast<std::size_t>(std::max(n, 0)));
  };
  const std::string subscribe = R"({"action":"subscribe","symbol":"BTC/USDT","interval":"1m"})";
  socket.sendFrame(subscribe.data(), static_cast<int>(subscribe.size()));
  EXPECT_EQ(next(), R"({"type":"subscribed","symbol":"BTC/USDT","interval":"1m","price":"trade","channel":"candles"})");
  candle(6'500'050);
  EXPECT_NE(next().find(R"("close":"65000.50")"), std::string::npos);
  socket.sendFrame("hello", 5, int(Poco::Net::WebSocket::FRAME_FLAG_FIN) | int(Poco::Net::WebSocket::FRAME_OP_PING));
  EXPECT_EQ(next(), "hello");
  socket.shutdown();
  char text[256];
  int flags = 0;
  socket.receiveFrame(text, sizeof text, flags);
  EXPECT_EQ(flags & Poco::Net::WebSocket::FRAME_OP_BITMASK, Poco::Net::WebSocket::FRAME_OP_CLOSE);
}
