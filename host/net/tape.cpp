#include "net/tape.hpp"

namespace tapedeck {

Tape::Tape(std::unique_ptr<TapeRecorder> recorder, std::unique_ptr<TapePlayer> player)
    : recorder_(std::move(recorder)), player_(std::move(player)) {}

std::shared_ptr<Tape> Tape::record(const std::filesystem::path &folder, Clock &clock,
                                   TapeHealth::OnFailure on_failure) {
  auto recorder = std::make_unique<TapeRecorder>(folder, clock, std::move(on_failure));
  return std::shared_ptr<Tape>(new Tape(std::move(recorder), nullptr));
}

std::shared_ptr<Tape> Tape::replay(const std::filesystem::path &folder, double speed, Clock &clock) {
  return std::shared_ptr<Tape>(new Tape(nullptr, std::make_unique<TapePlayer>(folder, speed, clock)));
}

}  // namespace tapedeck
