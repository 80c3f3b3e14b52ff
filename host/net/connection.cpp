#include "net/connection.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/StreamSocket.h>
#include <poll.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "net/body_reader.hpp"
#include "net/gzip.hpp"

namespace tapedeck {

// A POCO session on a connected socket. It has no host, so POCO never connects by itself, and bodies
// are read past POCO's streams, which copy everything twice.
class Connection::Session final : public Poco::Net::HTTPClientSession, public ByteSource {
 public:
  explicit Session(const Poco::Net::StreamSocket &socket) : HTTPClientSession(socket) { setKeepAlive(true); }
  using HTTPSession::buffered;
  std::size_t read(char *data, std::size_t size) override {
    constexpr std::size_t kMost = 1U << 30;
    return static_cast<std::size_t>(HTTPSession::read(data, static_cast<int>(std::min(size, kMost))));
  }

 protected:
  void connect(const Poco::Net::SocketAddress &) override {
    throw Poco::Net::ConnectionResetException("connection lost");
  }
  // HTTPClientSession's would reconnect behind our back.
  int write(const char *data, std::streamsize size) override { return HTTPSession::write(data, size); }
};

namespace {

bool bodiless(const std::string &method, int status) {
  return method == "HEAD" || status < 200 || status == 204 || status == 304;
}

void copy_headers(const Poco::Net::HTTPResponse &response, HeaderList &out) {
  std::size_t n = 0;
  for (const auto &[name, value] : response) {
    if (n == out.size()) out.emplace_back();
    out[n].first = name;
    out[n++].second = value;
  }
  out.resize(n);
}

// The claimed length; nothing when there is none. Lengths that contradict each other are an attack.
std::optional<std::uint64_t> content_length(const HeaderList &headers, IoScope &scope) {
  std::optional<std::uint64_t> out;
  for (const auto &[name, value] : headers) {
    if (!equal_ignoring_case(name, "Content-Length")) continue;
    std::uint64_t size = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), size);
    if (error != std::errc{} || end != value.data() + value.size() || (out && *out != size))
      scope.fail(NetFault::Protocol, "the answer has no usable Content-Length");
    out = size;
  }
  return out;
}

// True when the end of the body was marked, so that the connection is in step.
bool read_body(ByteSource &source, const HttpAnswer &head, std::uint64_t limit, IoScope &scope, std::string &out) {
  const std::string_view coding = head.header("Transfer-Encoding");
  if (equal_ignoring_case(coding, "chunked")) {
    read_chunked_body(source, limit, scope, out);
    return true;
  }
  if (!coding.empty() && !equal_ignoring_case(coding, "identity"))
    scope.fail(NetFault::Protocol, "the answer has an unknown Transfer-Encoding");
  if (const auto size = content_length(head.headers, scope)) {
    read_sized_body(source, *size, limit, scope, out);
    return true;
  }
  read_body_to_end(source, limit, scope, out);
  return false;
}

bool is_gzip(const HttpAnswer &answer, IoScope &scope) {
  const std::string_view coding = answer.header("Content-Encoding");
  if (coding.empty() || equal_ignoring_case(coding, "identity")) return false;
  if (!equal_ignoring_case(coding, "gzip") && !equal_ignoring_case(coding, "x-gzip"))
    scope.fail(NetFault::BadEncoding, "the body is encoded as " + printable(coding, 40) + ", not gzip");
  return true;
}

// The headers speak of the body as it came.
void drop_body_headers(HeaderList &headers) {
  std::erase_if(headers, [](const auto &h) {
    return equal_ignoring_case(h.first, "Content-Encoding") || equal_ignoring_case(h.first, "Content-Length");
  });
}

// What the end of a session by a POCO exception means.
[[noreturn]] void translate(const Poco::Exception &e, IoScope &scope) {
  if (scope.failure() != nullptr) throw NetFailure(*scope.failure());
  if (scope.traffic.ended)
    scope.fail(NetFault::Reset, scope.traffic.bytes_in == 0 ? "the connection was closed without an answer"
                                                            : "the connection was closed in the middle of the answer");
  scope.fail(NetFault::Protocol, "what came is no HTTP answer: " + printable(e.displayText()));
}

}  // namespace

std::string Connection::route(const WireRequest &wire) {
  std::string out = (wire.url.tls ? "https://" : "http://") + wire.url.host_and_port();
  if (wire.proxy != nullptr) out += " by " + wire.proxy->host + ":" + std::to_string(wire.proxy->port);
  return out;
}

Fd open_route(const WireRequest &wire, Tunnel tunnel, IoScope &scope) {
  const auto &s = wire.settings;
  const std::string &host = wire.proxy != nullptr ? wire.proxy->host : wire.url.host;
  const std::uint16_t port = wire.proxy != nullptr ? wire.proxy->port : wire.url.port;
  Fd fd = dial(host, port, s.connect_timeout_ns, s.look_up, scope);
  scope.begin_limited("opening the proxy's tunnel", s.connect_timeout_ns);
  if (wire.proxy != nullptr && (wire.url.tls || tunnel == Tunnel::Always))
    open_tunnel(fd.get(), wire.url.host_and_port(), wire.proxy->authorization, scope);
  scope.end_limit();
  return fd;
}

std::unique_ptr<Connection> Connection::open(const WireRequest &wire, TlsClient &tls, IoScope &scope) {
  Fd fd = open_route(wire, Tunnel::ForTls, scope);
  scope.begin_limited("shaking hands by TLS", wire.settings.connect_timeout_ns);
  auto out = std::make_unique<Connection>(std::move(fd), wire, tls, scope);
  scope.end_limit();
  return out;
}

Connection::Connection(Fd fd, const WireRequest &wire, TlsClient &tls, IoScope &scope)
    : slot_(std::make_shared<IoScope *>(&scope)),
      session_(std::make_unique<Session>(wire.url.tls ? tls.handshake(std::move(fd), wire.url.host, slot_)
                                                      : make_plain_socket(std::move(fd), slot_))) {
  *slot_ = nullptr;
}

Connection::~Connection() = default;

bool Connection::quiet() const {
  pollfd fd{session_->socket().impl()->sockfd(), POLLIN, 0};
  return ::poll(&fd, 1, 0) == 0;
}

bool Connection::exchange(const WireRequest &wire, IoScope &scope, HttpAnswer &out) {
  struct InUse {  // the scope ends with the request, the socket does not
    IoScope *&slot;
    ~InUse() { slot = nullptr; }
  } in_use{*slot_};
  *slot_ = &scope;
  try {
    scope.begin("sending the request", wire.settings.idle_timeout_ns);
    send(wire);
    scope.begin("waiting for the answer", wire.settings.idle_timeout_ns);
    return receive(wire, scope, out);
  } catch (const Poco::Exception &e) {
    translate(e, scope);
  }
}

void Connection::send(const WireRequest &wire) {
  const HttpRequest &rq = wire.request;
  const bool through_proxy = wire.proxy != nullptr && !wire.url.tls;
  Poco::Net::HTTPRequest head(rq.method, through_proxy ? wire.url.text() : wire.url.target,
                              Poco::Net::HTTPMessage::HTTP_1_1);
  head.set("Host", wire.url.authority());
  head.set("User-Agent", wire.settings.user_agent);
  head.set("Accept-Encoding", "gzip");
  if (through_proxy && !wire.proxy->authorization.empty())
    head.set("Proxy-Authorization", wire.proxy->authorization);
  for (const auto &[name, value] : rq.headers)
    if (equal_ignoring_case(name, "User-Agent") || equal_ignoring_case(name, "Accept-Encoding"))
      head.set(name, value);
    else
      head.add(name, value);
  if (!rq.body.empty() || rq.method == "POST" || rq.method == "PUT" || rq.method == "PATCH")
    head.setContentLength64(static_cast<Poco::Int64>(rq.body.size()));
  std::ostream &stream = session_->sendRequest(head);
  stream.write(rq.body.data(), static_cast<std::streamsize>(rq.body.size()));
}

bool Connection::receive(const WireRequest &wire, IoScope &scope, HttpAnswer &out) {
  Poco::Net::HTTPResponse response;
  session_->receiveResponse(response);
  if (scope.failure() != nullptr) throw NetFailure(*scope.failure());
  // POCO takes a head that was cut off for a whole one.
  if (scope.traffic.ended) scope.fail(NetFault::Reset, "the connection was closed in the middle of the head");
  out.status = response.getStatus();
  if (out.status < 100 || out.status > 599 || response.getVersion().compare(0, 7, "HTTP/1.") != 0)
    scope.fail(NetFault::Protocol, "what came is no HTTP answer");
  copy_headers(response, out.headers);
  scope.begin("reading the body", wire.settings.idle_timeout_ns);
  bool in_step = true;
  if (bodiless(wire.request.method, out.status)) {
    out.body.clear();
  } else if (is_gzip(out, scope)) {
    in_step = read_body(*session_, out, wire.settings.body_limit, scope, out.packed);
    if (out.packed.empty())
      out.body.clear();
    else
      gunzip(out.packed, wire.settings.body_limit, out.body);
    drop_body_headers(out.headers);
  } else {
    in_step = read_body(*session_, out, wire.settings.body_limit, scope, out.body);
  }
  return in_step && out.status >= 200 && response.getKeepAlive() && session_->buffered() == 0;
}

}  // namespace tapedeck
