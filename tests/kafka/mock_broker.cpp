#include "mock_broker.hpp"

#include <csignal>
#include <stdexcept>

namespace tapedeck::testing_kafka {

MockBroker::MockBroker(int brokers) : program_({MOCK_BROKER, std::to_string(brokers)}), bootstrap_(program_.read_line()) {}

MockBroker::~MockBroker() {
  if (frozen_) thaw();  // and else no signal: LeakSanitizer stops the program at its end by signals of its own
}

void MockBroker::freeze() {
  kill(program_.pid(), SIGSTOP);
  frozen_ = true;
}

void MockBroker::thaw() {
  kill(program_.pid(), SIGCONT);
  frozen_ = false;
}

void MockBroker::topic(const std::string &name, int partitions) { command("topic " + name + " " + std::to_string(partitions)); }

void MockBroker::fail(int api, int error, int count) {
  command("error " + std::to_string(api) + " " + std::to_string(error) + " " + std::to_string(count));
}

void MockBroker::command(const std::string &line) {
  program_.write_line(line);
  if (const std::string answer = program_.read_line(); answer != "ok") throw std::runtime_error(line + ": " + answer);
}

}  // namespace tapedeck::testing_kafka
