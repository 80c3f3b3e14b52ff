#include "live_host.hpp"

#include <poll.h>
#include <sqlite3.h>
#include <sys/socket.h>

#include <chrono>
#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "bench_config.hpp"
#include "http_get.hpp"

namespace tapedeck::bench {
namespace {

constexpr int kSilence_ms = 30'000;
constexpr std::chrono::milliseconds kBetweenCommands{25};  // the host allows 50 a second

std::string live_config(const std::string &work, const std::string &url, const std::vector<std::string> &symbols,
                        std::uint16_t port) {
  std::string names;
  for (const std::string &base : symbols) names += (names.empty() ? "" : ", ") + base + "/USDT";
  return "version: 1\n"
         "plugins:\n"
         "  binance:\n"
         "    module: binance\n"
         "    options: { base_url: \"" + url + "\", weight_limit: 1000000000, request_limit: 1000000000 }\n"
         "  store:\n"
         "    module: sqlite\n"
         "    options: { path: \"" + work + "/live.db\" }\n"
         "api: { listen: \"127.0.0.1:" + std::to_string(port) + "\" }\n"
         "pipelines:\n"
         "  - name: bench\n"
         "    symbols: [" + names + "]\n"
         "    intervals: [1m]\n"
         "    calendar: 24x7\n"
         "    sources: [binance]\n"
         "    storage: store\n"
         "    stream: { kinds: [trades, quotes, candles], candles_from: trades }\n"
         "    queue: { spool_dir: \"" + work + "/spool\" }\n";
}

std::string prepared_work(const std::string &work) {
  std::filesystem::remove_all(work);
  std::filesystem::create_directories(work);
  return std::filesystem::absolute(work).string();
}

}  // namespace

LiveHost::LiveHost(const std::string &bin, const std::string &work, const std::string &url,
                   const std::vector<std::string> &symbols)
    : work_(prepared_work(work)), port_(free_port()) {
  write_file(work_ + "/live.yaml", live_config(work_, url, symbols, port_));
  process_ = std::make_unique<Background>(
      std::vector<std::string>{bin + "/tapedeck", "run", work_ + "/live.yaml", "--log-level", "warn"});
  for (int i = 0; http_get(port_, "/ready").status != 200; ++i) {
    if (i == 1000 || !process_->running()) throw std::runtime_error("`tapedeck run` does not become ready");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

double LiveHost::metric(const std::string &name, const std::string &label) const {
  std::string text;
  http_get(port_, "/metrics", &text);
  std::istringstream lines(text);
  double sum = 0;
  for (std::string line; std::getline(lines, line);) {
    const bool named = line.starts_with(name) && (line[name.size()] == '{' || line[name.size()] == ' ');
    if (named && line.find(label) != line.npos) sum += std::stod(line.substr(line.rfind(' ') + 1));
  }
  return sum;
}

LiveSubscriber::LiveSubscriber(std::uint16_t port)
    : session_("127.0.0.1", port),
      request_(Poco::Net::HTTPRequest::HTTP_GET, "/api/v1/stream", Poco::Net::HTTPMessage::HTTP_1_1),
      socket_(session_, request_, response_) {}

void LiveSubscriber::subscribe(const std::vector<std::string> &symbols) {
  for (const std::string &base : symbols)
    for (const std::string channel : {"trades", "quotes", "candles"}) {
      const std::string interval = channel == "candles" ? R"(,"interval":"1m")" : "";
      const std::string text = R"({"action":"subscribe","symbol":")" + base + R"(/USDT","channel":")" + channel +
                               "\"" + interval + "}";
      socket_.sendFrame(text.data(), static_cast<int>(text.size()));
      std::this_thread::sleep_for(kBetweenCommands);
    }
  while (answers_ < symbols.size() * 3)
    if (!read([this](std::string_view text) { note(text); }))
      throw std::runtime_error("the subscriptions are not answered: " + last_words_);
}

void LiveSubscriber::note(std::string_view text) {
  if (text.starts_with("{\"type\":\"candle\""))
    ++candles_;
  else if (text.starts_with("{\"type\":\"subscribed\""))
    ++answers_;
  else
    last_words_ = text;
}

bool LiveSubscriber::wait() {
  pollfd readable{socket_.impl()->sockfd(), POLLIN, 0};
  if (poll(&readable, 1, kSilence_ms) <= 0) return false;
  const auto room = reader_.room();
  const ssize_t n = recv(readable.fd, room.data(), room.size(), 0);
  if (n <= 0) return false;
  reader_.filled(static_cast<std::size_t>(n));
  return true;
}

LiveStore::LiveStore(const std::string &file) {
  if (sqlite3_open_v2(file.c_str(), &db_, SQLITE_OPEN_READONLY, nullptr) != SQLITE_OK)
    throw std::runtime_error("cannot open " + file);
  sqlite3_busy_timeout(db_, 10'000);
  version_ = prepare("PRAGMA data_version");
  ticks_ = prepare("SELECT count(*) FROM tick");
}

LiveStore::~LiveStore() {
  sqlite3_finalize(version_);
  sqlite3_finalize(ticks_);
  sqlite3_close(db_);
}

sqlite3_stmt *LiveStore::prepare(const std::string &sql) {
  sqlite3_stmt *statement = nullptr;
  if (sqlite3_prepare_v2(db_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
    throw std::runtime_error(sql + ": " + sqlite3_errmsg(db_));
  return statement;
}

std::int64_t LiveStore::number(sqlite3_stmt *statement) {
  if (sqlite3_step(statement) != SQLITE_ROW) throw std::runtime_error("the store cannot be read");
  const std::int64_t value = sqlite3_column_int64(statement, 0);
  sqlite3_reset(statement);
  return value;
}

LiveStore::Rows LiveStore::rows(const std::string &view, std::int64_t first) {
  Rows out;
  sqlite3_stmt *statement = prepare("SELECT count(*), sum(sequence - " + std::to_string(first) + ") FROM " + view);
  if (sqlite3_step(statement) == SQLITE_ROW)
    out = {sqlite3_column_int64(statement, 0), sqlite3_column_int64(statement, 1)};
  sqlite3_finalize(statement);
  return out;
}

}  // namespace tapedeck::bench
