#include "sim/front.hpp"

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/WebSocket.h>

#include <array>
#include <string_view>

#include "sim/fault_body.hpp"
#include "sim/gzip.hpp"

namespace tapedeck::sim {
namespace {

constexpr std::size_t kMaxBody = 1 << 16;

/// Path below `/name`, or nothing when the path is not the vendor's.
std::string_view below(std::string_view path, std::string_view name) {
  if (path.size() < name.size() + 2 || path[0] != '/') return {};
  if (path.substr(1, name.size()) != name || path[name.size() + 1] != '/') return {};
  return path.substr(name.size() + 1);
}

/// True the first time this connection asks this vendor. A connection keeps its thread for life, so
/// the thread remembers the peer's port and the vendors it has met.
bool is_first_contact(const std::string &connection, const Vendor &vendor) {
  struct Seen {
    std::string connection;
    std::vector<const Vendor *> vendors;
  };
  thread_local Seen seen;
  if (seen.connection != connection) seen = {connection, {}};
  for (const Vendor *known : seen.vendors)
    if (known == &vendor) return false;
  seen.vendors.push_back(&vendor);
  return true;
}

Transport transport_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::Reset:
      return Transport::Reset;
    case FaultKind::Close:
      return Transport::Close;
    case FaultKind::SlowDrip:
      return Transport::Drip;
    case FaultKind::Hang:
      return Transport::Hang;
    default:
      return Transport::Whole;
  }
}

void compress(const Request &request, Reply &reply) {
  if (request.header("Accept-Encoding").find("gzip") == std::string_view::npos) return;
  if (reply.body->empty()) return;
  reply.body = std::make_shared<const std::string>(gzip(*reply.body));
  reply.set("Content-Encoding", "gzip");
  reply.set("Vary", "Accept-Encoding");
}

/// Reads at most kMaxBody bytes; false when there is more.
bool read_body(std::istream &in, std::string &body) {
  std::array<char, 4096> piece;
  while (body.size() <= kMaxBody) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    if (in.gcount() == 0) return true;
    body.append(piece.data(), static_cast<std::size_t>(in.gcount()));
  }
  return false;
}

class Handler final : public Poco::Net::HTTPRequestHandler {
 public:
  explicit Handler(Front &front) : front_(front) {}

  void handleRequest(Poco::Net::HTTPServerRequest &in,
                     Poco::Net::HTTPServerResponse &out) override {
    Request request;
    const bool complete = fill(in, request);
    if (same_header(in.get("Upgrade", ""), "websocket")) {
      Front::Upgrade upgrade = front_.upgrade(request);
      if (upgrade.drop) return drop(in);
      if (upgrade.entry) return open_stream(in, out, std::move(upgrade));
      if (upgrade.vendor != nullptr) return refuse(in, out, upgrade.refusal);
    }
    if (in.getMethod() == "GET") {
      Front::Upgrade lines = front_.open_lines(request);
      if (lines.drop) return drop(in);
      if (lines.entry) return serve_lines(in, out, std::move(lines));
      if (lines.vendor != nullptr) return refuse(in, out, lines.refusal, lines.delivery);
    }
    Front::Outcome outcome = front_.answer(std::move(request), in.getMethod() == "HEAD");
    outcome.delivery.keep_alive = out.getKeepAlive() && complete;
    auto &socket = static_cast<Poco::Net::HTTPServerRequestImpl &>(in).socket();
    const bool alive = deliver(socket, outcome.reply, outcome.delivery, front_.stop());
    out.setKeepAlive(alive && outcome.delivery.keep_alive);
  }

 private:
  static Poco::Net::StreamSocket &socket_of(Poco::Net::HTTPServerRequest &in) {
    return static_cast<Poco::Net::HTTPServerRequestImpl &>(in).socket();
  }

  void refuse(Poco::Net::HTTPServerRequest &in, Poco::Net::HTTPServerResponse &out,
              const Reply &reply, Delivery delivery = {}) {
    delivery.keep_alive = false;
    deliver(socket_of(in), reply, delivery, front_.stop());
    out.setKeepAlive(false);
  }

  static void drop(Poco::Net::HTTPServerRequest &in) {
    Poco::Net::StreamSocket &socket = socket_of(in);
    socket.setLinger(true, 0);
    socket.close();
  }

  /// POCO shakes hands; from then on the frames are the simulator's own.
  void open_stream(Poco::Net::HTTPServerRequest &in, Poco::Net::HTTPServerResponse &out,
                   Front::Upgrade upgrade) {
    std::optional<Poco::Net::WebSocket> socket;
    try {
      socket.emplace(in, out);
    } catch (const Poco::Net::WebSocketException &error) {
      front_.abandon(upgrade);
      return refuse(in, out, make_reply(400, "text/plain", error.displayText() + "\n"));
    } catch (const Poco::Exception &) {
      // The client has left before the handshake was over.
      front_.abandon(upgrade);
      throw;
    }
    socket->setNoDelay(true);
    front_.serve_stream(std::move(upgrade), socket->impl()->sockfd());
    socket->close();
  }

  void serve_lines(Poco::Net::HTTPServerRequest &in, Poco::Net::HTTPServerResponse &out,
                   Front::Upgrade lines) {
    Poco::Net::StreamSocket &socket = socket_of(in);
    out.setKeepAlive(false);
    socket.setNoDelay(true);
    if (!send_line_head(socket, lines.refusal.headers)) return front_.abandon(lines);
    front_.serve_stream(std::move(lines), socket.impl()->sockfd());
    socket.close();
  }

  static bool fill(Poco::Net::HTTPServerRequest &in, Request &request) {
    const std::string &uri = in.getURI();
    const std::size_t mark = uri.find('?');
    request.method = in.getMethod();
    request.path = uri.substr(0, mark);
    if (mark != std::string::npos) request.query = uri.substr(mark + 1);
    request.client = in.clientAddress().host().toString();
    request.connection = in.clientAddress().toString();
    for (const auto &[name, value] : in) request.headers.emplace_back(name, value);
    const bool bodied = in.hasContentLength() || in.getChunkedTransferEncoding();
    return !bodied || read_body(in.stream(), request.body);
  }

  Front &front_;
};

class Factory final : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  explicit Factory(Front &front) : front_(front) {}
  Poco::Net::HTTPRequestHandler *createRequestHandler(
      const Poco::Net::HTTPServerRequest &) override {
    return new Handler(front_);  // POCO takes ownership
  }

 private:
  Front &front_;
};

}  // namespace

Front::Outcome Front::answer(Request request, bool head_only) {
  Outcome outcome;
  bool found = false;
  if (request.path == "/sim" || request.path.starts_with("/sim/")) {
    outcome.reply = parts_.control.handle(request);
    found = true;
  }
  for (const auto &vendor : parts_.vendors) {
    const std::string_view rest = below(request.path, vendor->name());
    if (found || rest.empty()) continue;
    request.path = std::string(rest);
    outcome = answer_vendor(*vendor, request);
    found = true;
  }
  if (!found) outcome.reply = make_reply(404, "text/plain", "no vendor below this path\n");
  if (parts_.gzip) compress(request, outcome.reply);
  outcome.delivery.head_only = head_only;
  return outcome;
}

void Front::count_request(Vendor &vendor, Request &request) {
  request.first = is_first_contact(request.connection, vendor);
  vendor.counters().update([&](CounterValues &values) {
    ++values.requests;
    ++values.by_path[request.path];
    values.connections += request.first ? 1 : 0;
  });
}

Front::Outcome Front::answer_vendor(Vendor &vendor, Request &request) {
  count_request(vendor, request);
  Outcome outcome;
  outcome.reply = vendor.handle(request);
  if (const auto hit = parts_.faults.take(vendor.name(), request)) inject(*hit, vendor, outcome);
  vendor.counters().update(
      [&](CounterValues &values) { values.rows_served += outcome.reply.rows; });
  return outcome;
}

Front::Upgrade Front::upgrade(Request request) {
  Upgrade upgrade;
  for (const auto &vendor : parts_.vendors) {
    const std::string_view rest = below(request.path, vendor->name());
    if (rest.empty() || !vendor->is_stream(rest)) continue;
    request.path = std::string(rest);
    upgrade.vendor = vendor.get();
    break;
  }
  if (upgrade.vendor != nullptr) open(upgrade, request);
  return upgrade;
}

/// Faults of requests hit it as well, for it is one.
Front::Upgrade Front::open_lines(Request request) {
  Upgrade upgrade;
  for (const auto &vendor : parts_.vendors) {
    const std::string_view rest = below(request.path, vendor->name());
    if (rest.empty() || !vendor->is_line_stream(rest)) continue;
    request.path = std::string(rest);
    upgrade.vendor = vendor.get();
    break;
  }
  if (upgrade.vendor == nullptr) return upgrade;
  count_request(*upgrade.vendor, request);
  if (const auto hit = parts_.faults.take(upgrade.vendor->name(), request)) {
    Outcome outcome;
    outcome.reply = make_reply(200, "application/octet-stream", "");
    inject(*hit, *upgrade.vendor, outcome);
    upgrade.refusal = std::move(outcome.reply);
    upgrade.delivery = outcome.delivery;
    if (hit->fault.kind != FaultKind::Delay) return upgrade;
  }
  open(upgrade, request);
  return upgrade;
}

void Front::open(Upgrade &upgrade, const Request &request) {
  Vendor &vendor = *upgrade.vendor;
  const SimClock::Reading now = parts_.clock.reading();
  const auto hit = parts_.faults.take_upgrade({vendor.name(), request.path, {}, false, now.now_ms});
  StreamOpening opening;
  if (!hit)
    opening = vendor.open_stream(request);
  else if (hit->fault.status != 0)
    opening.refusal = vendor.error_reply(hit->fault.status);
  upgrade.drop = hit && hit->fault.status == 0;
  upgrade.refusal = std::move(opening.refusal);
  vendor.counters().update([&](CounterValues &values) {
    if (hit) ++values.faults_injected["refuse"];
    if (!opening.session) ++values.streams.refused;
  });
  if (!opening.session) return;
  StreamStatus status;
  status.vendor = vendor.name();
  status.path = request.path;
  status.client = request.client;
  status.subscriptions = opening.session->subscriptions();
  status.opened_ms = now.now_ms;
  auto link = parts_.hub.open(std::move(status));
  opening.session->set_waker([link] { link->waker.wake(); });
  upgrade.entry.emplace(StreamConnection::Entry{std::move(opening.session), std::move(link), now});
}

void Front::serve_stream(Upgrade upgrade, int descriptor) {
  StreamConnection({parts_.hub, parts_.clock, parts_.faults, *upgrade.vendor, parts_.patience},
                   std::move(*upgrade.entry), descriptor)
      .serve();
}

void Front::inject(const FaultPlan::Hit &hit, Vendor &vendor, Outcome &outcome) {
  const Fault &fault = hit.fault;
  vendor.counters().update(
      [&](CounterValues &values) { ++values.faults_injected[std::string(name_of(fault.kind))]; });
  outcome.delivery.transport = transport_of(fault.kind);
  outcome.delivery.drip_ms = fault.delay_ms;
  if (fault.delay_ms > 0 && fault.kind != FaultKind::SlowDrip) parts_.stop.wait(fault.delay_ms);
  Reply &reply = outcome.reply;
  if (fault.kind == FaultKind::Status) {
    Reply refusal = vendor.error_reply(fault.status);
    for (auto &[name, value] : reply.headers)
      if (!same_header(name, "Retry-After")) refusal.set(name, value);
    if (fault.retry_after_s > 0) refusal.set("Retry-After", std::to_string(fault.retry_after_s));
    reply = std::move(refusal);
    return;
  }
  const bool replaces = fault.kind == FaultKind::Html200 || fault.kind == FaultKind::Empty200 ||
                        fault.kind == FaultKind::EmptyBody || fault.kind == FaultKind::Garbage;
  if (replaces) {
    reply.status = 200;
    reply.rows = 0;
  }
  if (fault.kind == FaultKind::Html200) reply.content_type = "text/html";
  std::string spoiled = fault.kind == FaultKind::Empty200
                            ? vendor.empty_page()
                            : spoiled_body(fault.kind, *reply.body, hit.random);
  if (spoiled != *reply.body) reply.body = std::make_shared<const std::string>(std::move(spoiled));
}

Poco::Net::HTTPRequestHandlerFactory::Ptr make_handler_factory(Front &front) {
  return new Factory(front);
}

}  // namespace tapedeck::sim
