#include "sim/simulator.hpp"

#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/ThreadPool.h>

#include <stdexcept>
#include <vector>

#include "sim/binance/binance.hpp"
#include "sim/control.hpp"
#include "sim/front.hpp"
#include "sim/oanda/oanda.hpp"
#include "sim/polygon/polygon.hpp"
#include "sim/twelvedata/twelvedata.hpp"

namespace tapedeck::sim {
namespace {

constexpr int kMaxConnections = 512;
constexpr int kBacklog = 1'024;

/// Every vendor there is; one line each.
std::vector<std::unique_ptr<Vendor>> make_vendors(const Options &options, SimClock &clock) {
  std::vector<std::unique_ptr<Vendor>> vendors;
  vendors.push_back(binance::make_vendor(options, clock));
  vendors.push_back(oanda::make_vendor(options, clock));
  vendors.push_back(polygon::make_vendor(options, clock));
  vendors.push_back(twelvedata::make_vendor(options, clock));
  for (const CsvSource &source : options.csv) {
    bool known = false;
    for (const auto &vendor : vendors) known = known || vendor->name() == source.vendor;
    if (!known) throw std::invalid_argument("--csv: unknown vendor '" + source.vendor + "'");
  }
  for (const ReplaySource &source : options.replays) {
    bool known = false;
    for (const auto &vendor : vendors) known = known || vendor->name() == source.vendor;
    if (!known) throw std::invalid_argument("--replay: unknown vendor '" + source.vendor + "'");
  }
  for (const TickSource &source : options.ticks)
    if (source.vendor != "oanda")
      throw std::invalid_argument("--ticks: vendor '" + source.vendor + "' serves no ticks");
  for (const VendorSetting &setting : options.settings) {
    bool known = false;
    for (const auto &vendor : vendors) known = known || vendor->name() == setting.vendor;
    if (!known)
      throw std::invalid_argument("--set: vendor '" + setting.vendor + "' has no settings");
  }
  return vendors;
}

Poco::Net::HTTPServerParams::Ptr make_params() {
  Poco::Net::HTTPServerParams::Ptr params = new Poco::Net::HTTPServerParams;
  params->setMaxThreads(kMaxConnections);
  params->setMaxQueued(kMaxConnections);
  params->setKeepAlive(true);
  params->setKeepAliveTimeout(Poco::Timespan(60, 0));
  params->setTimeout(Poco::Timespan(60, 0));
  return params;
}

}  // namespace

struct Simulator::Impl {
  explicit Impl(const Options &options)
      : clock(options.start_ms, options.speed),
        faults(options.seed),
        vendors(make_vendors(options, clock)),
        hub(clock, faults),
        control(clock, faults, hub, vendors),
        front({control, faults, vendors, stop, clock, hub, options.patience, options.gzip}),
        pool(2, kMaxConnections),
        socket(Poco::Net::SocketAddress(options.listen.host, options.listen.port), kBacklog),
        server(make_handler_factory(front), pool, socket, make_params()) {}

  SimClock clock;
  FaultPlan faults;
  StopSignal stop;
  std::vector<std::unique_ptr<Vendor>> vendors;
  StreamHub hub;
  Control control;
  Front front;
  Poco::ThreadPool pool;
  Poco::Net::ServerSocket socket;
  Poco::Net::HTTPServer server;
};

Simulator::Simulator(const Options &options) : impl_(std::make_unique<Impl>(options)) {
  impl_->server.start();
}

Simulator::~Simulator() { stop(); }

void Simulator::stop() {
  impl_->stop.raise();
  impl_->hub.stop();
  impl_->server.stopAll(true);
  impl_->pool.joinAll();
}

std::uint16_t Simulator::port() const { return impl_->socket.address().port(); }

std::string Simulator::url() const { return "http://" + impl_->socket.address().toString(); }

SimClock &Simulator::clock() { return impl_->clock; }

FaultPlan &Simulator::faults() { return impl_->faults; }

std::size_t Simulator::inject(Fault fault) { return impl_->control.inject(std::move(fault)).hit; }

std::uint64_t Simulator::messages_sent() const { return impl_->hub.messages(); }

bool Simulator::settle(std::chrono::milliseconds timeout) { return impl_->hub.settle(timeout); }

std::vector<StreamStatus> Simulator::streams() const { return impl_->hub.list(); }

void Simulator::set_stream_life(std::optional<std::int64_t> life_ms) {
  impl_->hub.set_life_ms(life_ms);
}

CounterValues Simulator::counters(std::string_view name) const {
  for (const auto &vendor : impl_->vendors)
    if (vendor->name() == name) return vendor->counters().read();
  throw std::out_of_range("no vendor '" + std::string(name) + "'");
}

}  // namespace tapedeck::sim
