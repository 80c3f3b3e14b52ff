// Stands between the host's network and its plugins: records what comes, or plays a recording instead.
#pragma once

#include <filesystem>
#include <memory>

#include "net/tape_player.hpp"
#include "net/tape_recorder.hpp"

namespace tapedeck {

// Either a recorder or a player. Shared by all plugins. Threads: any.
class Tape {
 public:
  // As TapeRecorder's and TapePlayer's constructors.
  static std::shared_ptr<Tape> record(const std::filesystem::path &folder, Clock &clock,
                                      TapeHealth::OnFailure on_failure);
  static std::shared_ptr<Tape> replay(const std::filesystem::path &folder, double speed, Clock &clock);

  TapeRecorder *recorder() const noexcept { return recorder_.get(); }  // NULL when it plays
  TapePlayer *player() const noexcept { return player_.get(); }        // NULL when it records

 private:
  Tape(std::unique_ptr<TapeRecorder> recorder, std::unique_ptr<TapePlayer> player);
  const std::unique_ptr<TapeRecorder> recorder_;
  const std::unique_ptr<TapePlayer> player_;
};

}  // namespace tapedeck
