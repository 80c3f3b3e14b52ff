#include "query/fact_cache.hpp"

#include <chrono>

#include "base/cancel.hpp"

namespace tapedeck {
namespace {

constexpr auto kLook = std::chrono::milliseconds(20);  // how soon a waiter sees that its own client left

void raise_when_over(const tdk_cancel *cancel) {
  if (const tdk_status s = status_of(cancel); s != TDK_OK) throw Error(s, "waiting for a vendor's answer: gave up");
}

}  // namespace

bool FactCache::look_up(const std::string &key, const Ask &ask, FactAnswer &answer) try {
  auto hit = cache_.get(key);
  if (!hit || !ask.is_sound(hit->bytes)) return false;
  answer = {std::move(hit->bytes), std::nullopt, true};
  return true;
} catch (const Error &) {
  return false;
}

// Takes out of `open` what the cache has; of the rest those nobody fetches are this call's own.
void FactCache::board(const std::vector<std::string> &keys, const Ask &ask, std::vector<std::size_t> &open,
                      std::vector<FactAnswer> &out, std::vector<Seat> &own, std::vector<Seat> &others) {
  std::erase_if(open, [&](std::size_t i) { return look_up(keys[i], ask, out[i]); });
  std::lock_guard lock(mutex_);
  for (const std::size_t i : open) {
    auto &flight = flights_[keys[i]];
    const bool first = flight == nullptr;
    if (first) flight = std::make_shared<Flight>();
    (first ? own : others).push_back({i, flight});
  }
}

void FactCache::land(const std::vector<std::string> &keys, const std::vector<Seat> &own, Flight::State state,
                     const std::vector<FactAnswer> &answers) {
  std::lock_guard lock(mutex_);
  for (std::size_t n = 0; n < own.size(); ++n) {
    if (n < answers.size()) own[n].flight->answer = answers[n];
    own[n].flight->state = state;
    flights_.erase(keys[own[n].key]);
  }
  landed_.notify_all();
}

void FactCache::fly(const std::vector<std::string> &keys, const std::vector<Seat> &own, const Ask &ask,
                    const tdk_cancel *cancel, std::vector<FactAnswer> &out) {
  std::vector<FactAnswer> answers(own.size());
  std::vector<std::string> wanted;
  std::vector<std::size_t> places;
  // Between this call's look and its boarding another one may have landed.
  for (std::size_t n = 0; n < own.size(); ++n)
    if (!look_up(keys[own[n].key], ask, answers[n])) {
      wanted.push_back(keys[own[n].key]);
      places.push_back(n);
    }
  try {
    std::vector<FactAnswer> fetched = wanted.empty() ? std::vector<FactAnswer>() : ask.fetch(wanted);
    fetched.resize(wanted.size(), {"", Error(TDK_INTERNAL, "no answer was made"), false});
    for (std::size_t n = 0; n < places.size(); ++n) answers[places[n]] = std::move(fetched[n]);
  } catch (const Error &e) {
    if (status_of(cancel) != TDK_OK) {
      land(keys, own, Flight::State::Dropped, {});
      throw;
    }
    for (const std::size_t n : places) answers[n] = {"", e, false};
  } catch (const std::exception &e) {
    for (const std::size_t n : places) answers[n] = {"", Error(TDK_INTERNAL, e.what()), false};
  }
  for (const std::size_t n : places) try {
      if (!answers[n].error) cache_.set(keys[own[n].key], answers[n].bytes, ask.ttl);
    } catch (const Error &) {  // it is asked for again next time
      continue;
    }
  land(keys, own, Flight::State::Landed, answers);
  for (std::size_t n = 0; n < own.size(); ++n) out[own[n].key] = std::move(answers[n]);
}

// False: whoever fetched gave up.
bool FactCache::await(Flight &flight, const tdk_cancel *cancel) {
  std::unique_lock lock(mutex_);
  while (flight.state == Flight::State::Up) {
    raise_when_over(cancel);
    landed_.wait_for(lock, kLook);
  }
  return flight.state == Flight::State::Landed;
}

std::vector<FactAnswer> FactCache::get(const std::vector<std::string> &keys, const Ask &ask,
                                       const tdk_cancel *cancel) {
  std::vector<FactAnswer> out(keys.size());
  std::vector<std::size_t> open(keys.size());
  for (std::size_t i = 0; i < open.size(); ++i) open[i] = i;
  while (!open.empty()) {
    std::vector<Seat> own, others;
    board(keys, ask, open, out, own, others);
    if (!own.empty()) fly(keys, own, ask, cancel, out);
    open.clear();
    for (const Seat &seat : others) {
      if (await(*seat.flight, cancel)) out[seat.key] = seat.flight->answer;
      else open.push_back(seat.key);
    }
  }
  return out;
}

}  // namespace tapedeck
