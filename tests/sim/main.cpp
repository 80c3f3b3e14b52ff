// tapedeck-sim: the vendor simulator as a program. All it does is in the library.
#include <Poco/Exception.h>
#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include "sim/csv.hpp"
#include "sim/simulator.hpp"
#include "sim/time_text.hpp"

namespace {

namespace sim = tapedeck::sim;

constexpr int kBadUsage = 2;

struct Arguments {
  std::string listen;
  std::string start;
  std::string limits = "real";
  std::string port_file;
  std::string replay_pace = "recorded";
  std::vector<std::string> csv;
  std::vector<std::string> replays;
  std::vector<std::string> settings;
};

void declare(CLI::App &app, Arguments &arguments, sim::Options &options) {
  app.add_option("--listen", arguments.listen, "loopback address and port; port 0: a free one")
      ->type_name("127.0.0.1:PORT")
      ->required();
  app.add_option("--seed", options.seed, "seed of everything random")->capture_default_str();
  app.add_option("--start", arguments.start,
                 "its clock at start: ISO 8601 or epoch s (default: now)");
  app.add_option("--speed", options.speed, "how fast its clock runs")
      ->check(CLI::Range(0.0, 100'000.0))
      ->capture_default_str();
  app.add_option("--limits", arguments.limits, "rate limits as the vendors', or none")
      ->check(CLI::IsMember({"real", "off"}))
      ->capture_default_str();
  app.add_option("--csv", arguments.csv, "serve a symbol from a file; may be repeated")
      ->type_name("VENDOR:SYMBOL:INTERVAL=FILE")
      ->allow_extra_args(false);
  app.add_option("--replay", arguments.replays, "play a recorded stream; one per vendor")
      ->type_name("VENDOR=FILE.jsonl")
      ->allow_extra_args(false);
  app.add_option("--set", arguments.settings, "how a vendor behaves; may be repeated")
      ->type_name("VENDOR.NAME=VALUE")
      ->allow_extra_args(false);
  app.add_option("--replay-pace", arguments.replay_pace,
                 "as recorded, by its clock, or as fast as the client takes it")
      ->check(CLI::IsMember({"recorded", "fast"}))
      ->capture_default_str();
  app.add_option("--port-file", arguments.port_file, "write the port here once it listens");
  app.add_option("--cache-mb", options.cache_mb, "memory for rendered pages, MiB")
      ->check(CLI::Range(0, 65'536))
      ->capture_default_str();
  app.add_flag("--gzip", options.gzip, "compress for clients that accept it");
}

void complete(const Arguments &arguments, sim::Options &options) {
  options.listen = sim::parse_listen(arguments.listen);
  options.limits = arguments.limits == "real";
  if (!arguments.start.empty()) {
    options.start_ms = sim::parse_time(arguments.start);
    if (!options.start_ms)
      throw std::invalid_argument("--start '" + arguments.start +
                                  "': expected ISO 8601 or epoch seconds");
  }
  for (const std::string &text : arguments.csv) options.csv.push_back(sim::parse_csv_source(text));
  for (const std::string &text : arguments.replays)
    options.replays.push_back(sim::parse_replay_source(text));
  for (const std::string &text : arguments.settings)
    options.settings.push_back(sim::parse_vendor_setting(text));
  options.replay_fast = arguments.replay_pace == "fast";
}

void write_port(const std::string &file, std::uint16_t port) {
  if (file.empty()) return;
  std::ofstream out(file);
  out << port << '\n';
  out.close();
  if (!out) throw std::runtime_error("--port-file '" + file + "' cannot be written");
}

/// Blocks until SIGTERM or SIGINT; they must be blocked in every thread already.
void wait_for_signal(const sigset_t &signals) {
  int received = 0;
  sigwait(&signals, &received);
}

int serve(const sim::Options &options, const std::string &port_file) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  sim::Simulator simulator(options);
  write_port(port_file, simulator.port());
  std::cout << "tapedeck-sim listening on " << simulator.url() << '\n' << std::flush;
  wait_for_signal(signals);
  simulator.stop();
  return 0;
}

int complain(const std::string &message, int code) {
  std::cerr << "tapedeck-sim: " << message << '\n';
  return code;
}

}  // namespace

int main(int argc, char **argv) {
  CLI::App app{"Simulator of market-data vendors, for tests and demos", "tapedeck-sim"};
  Arguments arguments;
  sim::Options options;
  declare(app, arguments, options);
  try {
    app.parse(argc, argv);
    complete(arguments, options);
    return serve(options, arguments.port_file);
  } catch (const CLI::ParseError &error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    return complain(error.what(), kBadUsage);
  } catch (const std::invalid_argument &error) {
    return complain(error.what(), kBadUsage);
  } catch (const sim::CsvError &error) {
    return complain(error.what(), kBadUsage);
  } catch (const Poco::Exception &error) {
    return complain("cannot listen on " + arguments.listen + ": " + error.displayText(), 1);
  } catch (const std::exception &error) {
    return complain(error.what(), 1);
  }
}
