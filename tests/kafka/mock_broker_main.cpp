// A Kafka cluster in memory: mock_broker [BROKERS]. Prints its bootstrap servers, then takes commands, one a line, and
// answers each with "ok" or what is wrong. Ends with its standard input.
//
//   down [ID] | up [ID]         a broker, or all: closes connections and takes none
//   rtt MS                      before every answer
//   topic NAME PARTITIONS       creates it
//   leader NAME PARTITION ID    moves a partition; -1: nobody leads it
//   error API CODE [COUNT]      for the next requests of this kind (0: Produce, 3: Metadata, 22: InitProducerId);
//                               -195 hangs up
//   clear API                   no more of these
//   topic_error NAME CODE       what Metadata says of it
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <cstdint>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace {

using Words = std::istringstream;

template <class T>
T next(Words &words, T otherwise) {
  T value{};
  return words >> value ? value : otherwise;
}

class Cluster {
 public:
  explicit Cluster(int brokers) {
    char why[200] = "";
    rd_kafka_conf_t *config = rd_kafka_conf_new();
    rd_kafka_conf_set(config, "log_level", "0", nullptr, 0);  // it would say that it has no brokers
    client_ = rd_kafka_new(RD_KAFKA_PRODUCER, config, why, sizeof why);
    cluster_ = rd_kafka_mock_cluster_new(client_, brokers);
  }
  ~Cluster() {
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(client_);
  }
  Cluster(const Cluster &) = delete;
  Cluster &operator=(const Cluster &) = delete;

  const char *bootstrap() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }

  std::string obey(const std::string &line) const {
    Words words(line);
    const auto verb = next<std::string>(words, "");
    const auto known = commands().find(verb);
    if (known == commands().end()) return "no such command: " + verb;
    const rd_kafka_resp_err_t error = known->second(cluster_, words);
    return error == RD_KAFKA_RESP_ERR_NO_ERROR ? "ok" : rd_kafka_err2str(error);
  }

 private:
  using Command = std::function<rd_kafka_resp_err_t(rd_kafka_mock_cluster_t *, Words &)>;

  static rd_kafka_resp_err_t push_errors(rd_kafka_mock_cluster_t *cluster, Words &words) {
    const auto api = next<std::int16_t>(words, 0);
    const auto code = static_cast<rd_kafka_resp_err_t>(next(words, 0));
    const std::vector<rd_kafka_resp_err_t> errors(next<std::size_t>(words, 1), code);
    rd_kafka_mock_push_request_errors_array(cluster, api, errors.size(), errors.data());
    return RD_KAFKA_RESP_ERR_NO_ERROR;
  }

  static const std::map<std::string, Command> &commands() {
    static const std::map<std::string, Command> all = {
        {"down", [](auto *c, Words &w) { return rd_kafka_mock_broker_set_down(c, next(w, -1)); }},
        {"up", [](auto *c, Words &w) { return rd_kafka_mock_broker_set_up(c, next(w, -1)); }},
        {"rtt", [](auto *c, Words &w) { return rd_kafka_mock_broker_set_rtt(c, -1, next(w, 0)); }},
        {"topic",
         [](auto *c, Words &w) {
           const auto name = next<std::string>(w, "");
           return rd_kafka_mock_topic_create(c, name.c_str(), next(w, 1), 1);
         }},
        {"leader",
         [](auto *c, Words &w) {
           const auto name = next<std::string>(w, "");
           const auto partition = next(w, 0);
           return rd_kafka_mock_partition_set_leader(c, name.c_str(), partition, next(w, -1));
         }},
        {"error", &push_errors},
        {"clear",
         [](auto *c, Words &w) {
           rd_kafka_mock_clear_request_errors(c, next<std::int16_t>(w, 0));
           return RD_KAFKA_RESP_ERR_NO_ERROR;
         }},
        {"topic_error", [](auto *c, Words &w) {
           const auto name = next<std::string>(w, "");
           rd_kafka_mock_topic_set_error(c, name.c_str(), static_cast<rd_kafka_resp_err_t>(next(w, 0)));
           return RD_KAFKA_RESP_ERR_NO_ERROR;
         }}};
    return all;
  }

  rd_kafka_t *client_;
  rd_kafka_mock_cluster_t *cluster_;
};

}  // namespace

int main(int count, char **arguments) {
  const Cluster cluster(count > 1 ? std::stoi(arguments[1]) : 1);
  std::cout << cluster.bootstrap() << '\n' << std::flush;
  for (std::string line; std::getline(std::cin, line);) std::cout << cluster.obey(line) << '\n' << std::flush;
}
