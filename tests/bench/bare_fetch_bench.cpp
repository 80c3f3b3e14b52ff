// What a program of a few lines does: POCO reads a page into a string, Boost.JSON makes a tree of
// it, strtod and a loop make columns. Nothing is checked.
//
//   bare_fetch_bench URL PAGES
#include "fetch_run.hpp"

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/URI.h>
#include <boost/json.hpp>

#include <cstdlib>
#include <istream>
#include <vector>

namespace tapedeck::bench {
namespace {

namespace json = boost::json;

struct Columns {
  std::vector<std::int64_t> time;
  std::vector<double> value[5];
};

class Reader {
 public:
  explicit Reader(const FetchTask &task)
      : uri_(task.url), session_(uri_.getHost(), uri_.getPort()) {
    session_.setKeepAlive(true);
    read_page(0);  // connects
  }
  std::int64_t read(const FetchTask &task) {
    std::int64_t rows = 0;
    for (std::int64_t page = 0; page < task.pages; ++page) rows += read_page(page);
    return rows;
  }

 private:
  std::int64_t read_page(std::int64_t page) {
    Poco::Net::HTTPRequest request(
        "GET",
        uri_.getPath() + "/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=1000&startTime=" +
            std::to_string(FetchTask::page_ms(page)) +
            "&endTime=" + std::to_string(FetchTask::page_ms(page + 1) - 1),
        "HTTP/1.1");
    session_.sendRequest(request);
    Poco::Net::HTTPResponse response;
    std::istream &in = session_.receiveResponse(response);
    body_.resize(static_cast<std::size_t>(response.getContentLength64()));
    in.read(body_.data(), static_cast<std::streamsize>(body_.size()));
    in.get();  // POCO wants the stream read to its end
    return decode();
  }

  std::int64_t decode() {
    json::monotonic_resource memory;
    const json::value root = json::parse(body_, &memory);
    columns_.time.clear();
    for (auto &c : columns_.value) c.clear();
    for (const json::value &row : root.as_array()) {
      const json::array &cells = row.as_array();
      columns_.time.push_back(cells[0].as_int64());
      for (std::size_t c = 0; c < 5; ++c)
        columns_.value[c].push_back(std::strtod(cells[c + 1].as_string().c_str(), nullptr));
    }
    return static_cast<std::int64_t>(columns_.time.size());
  }

  Poco::URI uri_;
  Poco::Net::HTTPClientSession session_;
  std::string body_;
  Columns columns_;
};

}  // namespace
}  // namespace tapedeck::bench

int main(int argc, char **argv) try {
  using namespace tapedeck::bench;
  const FetchTask task = fetch_task(argc, argv);
  Reader reader(task);
  print_fetch_run(task, [&](const FetchTask &t) { return reader.read(t); });
} catch (const std::exception &e) {
  std::fprintf(stderr, "bare_fetch_bench: %s\n", e.what());
  return 1;
}
