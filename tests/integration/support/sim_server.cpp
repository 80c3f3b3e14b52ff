#include "support/sim_server.hpp"

#include <boost/json.hpp>
#include <stdexcept>

#include "support/http.hpp"

namespace tapedeck::integration {
namespace {

namespace json = boost::json;

constexpr std::size_t kPage = 1000;

std::string good_body(const HttpAnswer &answer, const std::string &what) {
  if (answer.status != 200)
    throw std::runtime_error(what + ": " + std::to_string(answer.status) + " " + answer.error + answer.body);
  return answer.body;
}

json::value vendor_state(std::uint16_t port) {
  const auto state = json::parse(good_body(http_get(port, "/sim/state"), "/sim/state"));
  return state.at("vendors").at("binance");
}

std::uint64_t number(const json::value &v) { return v.to_number<std::uint64_t>(); }

Candle candle_of(const json::value &row) {
  const auto cell = [&](std::size_t i) { return units_of(std::string_view(row.at(i).as_string())); };
  return {row.at(0).as_int64(), cell(1), cell(2), cell(3), cell(4), cell(5)};
}

}  // namespace

SimServer::SimServer(std::vector<std::string> options, std::uint16_t port) {
  const auto port_file = directory_.path() / "port";
  Command command;
  command.program = TAPEDECK_SIM_PROGRAM;
  command.arguments = {"--listen", "127.0.0.1:" + std::to_string(port), "--port-file", port_file.string()};
  command.arguments.insert(command.arguments.end(), options.begin(), options.end());
  process_ = std::make_unique<Process>(command);
  const auto ready = [&] { return read_file(port_file).ends_with('\n') || !process_->running(); };
  if (!wait_until(ready) || !process_->running())
    throw std::runtime_error("tapedeck-sim does not listen: " + process_->err());
  port_ = static_cast<std::uint16_t>(std::stoi(read_file(port_file)));
}

std::string SimServer::base_url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/binance"; }

std::vector<Candle> SimServer::candles(const std::string &symbol, const std::string &interval, std::int64_t from_ms,
                                       std::int64_t to_ms) const {
  std::vector<Candle> out;
  for (std::size_t page = kPage; page == kPage && from_ms < to_ms;) {
    const auto body =
        good_body(http_get(port_, "/binance/api/v3/klines?limit=1000&symbol=" + symbol + "&interval=" + interval +
                                      "&startTime=" + std::to_string(from_ms) + "&endTime=" + std::to_string(to_ms - 1)),
                  "klines");
    const auto rows = json::parse(body);
    page = rows.as_array().size();
    for (const auto &row : rows.as_array()) out.push_back(candle_of(row));
    if (page > 0) from_ms = out.back().open_ms + 1;
  }
  return out;
}

std::uint64_t SimServer::requests() const { return number(vendor_state(port_).at("requests")); }

std::uint64_t SimServer::page_requests() const {
  std::uint64_t n = 0;
  const auto state = vendor_state(port_);
  for (const auto &[path, count] : state.at("by_path").as_object())
    if (std::string_view(path).ends_with("klines")) n += number(count);
  return n;
}

std::uint64_t SimServer::refused() const {
  const auto state = vendor_state(port_);
  return number(state.at("refused_429")) + number(state.at("refused_418"));
}

std::uint64_t SimServer::weight_used() const { return number(vendor_state(port_).at("weight_used")); }
std::uint64_t SimServer::window_weight() const { return number(vendor_state(port_).at("weight_window")); }

std::uint64_t SimServer::faults_injected() const {
  std::uint64_t n = 0;
  const auto state = vendor_state(port_);
  for (const auto &[kind, count] : state.at("faults_injected").as_object()) n += number(count);
  return n;
}

void SimServer::set_stream_life(Millis life) const {
  good_body(http(port_, "POST", "/sim/streams", R"({"life_ms":)" + std::to_string(life.count()) + "}"), "life");
}

std::uint64_t SimServer::streams_open() const { return number(vendor_state(port_).at("streams").at("open")); }
std::uint64_t SimServer::streams_opened() const { return number(vendor_state(port_).at("streams").at("opened")); }

std::map<std::string, std::uint64_t> SimServer::streams_ended() const {
  std::map<std::string, std::uint64_t> out;
  const auto state = vendor_state(port_);
  for (const auto &[reason, count] : state.at("streams").at("ended").as_object()) out[std::string(reason)] = number(count);
  return out;
}

void SimServer::reset() const { good_body(http(port_, "DELETE", "/sim/state"), "reset"); }
void SimServer::clear_faults() const { good_body(http(port_, "DELETE", "/sim/faults"), "clear_faults"); }
void SimServer::set_clock(const std::string &text) const { good_body(http(port_, "POST", "/sim/clock", text), "clock"); }

void SimServer::fault(const std::string &fields, const std::string &vendor) const {
  good_body(http(port_, "POST", "/sim/faults", R"({"vendor":")" + vendor + R"(",)" + fields + "}"), "fault " + fields);
}

}  // namespace tapedeck::integration
