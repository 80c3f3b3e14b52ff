// One host's side of an account that several hosts spend together: what it has to report, what it knows, and how it
// goes on when the others cannot be reached.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "net/shared_budget.hpp"

namespace tapedeck {

struct ShareSettings {
  std::string account;  // the same in all hosts
  int hosts = 2;        // as long as nobody has told
  std::int64_t beat_ns = 500'000'000;      // between two reports
  std::int64_t patience_ns = 1'000'000'000;
  std::int64_t grace_ns = 3'000'000'000;   // beats, and the time to find a server that is back
  std::int64_t lease_ns = 150'000'000'000;
  // Opens the way to the others; called at the first request.
  std::function<std::unique_ptr<SharedBudget>()> open;
  std::function<void(bool away, const std::string &text)> say;  // once each time it goes and comes back; may be empty
};

// Each limit of the account as this host spends it: what it took itself, whatever others or the vendor say.
//
// Away from the others a host keeps to its part: capacity / hosts in each window. In the window that runs it takes
// its part of what is left, less a twentieth of the whole for what others spent since they were heard.
//
// Threads: the account's lock, but for exchange(), which wants none.
class AccountShare {
 public:
  AccountShare(ShareSettings settings, Clock &clock);
  ~AccountShare();

  // How many limits there are, and what they are; follows the account's.
  void follow(const std::vector<BudgetWindow> &limits, Instant now);

  // A report; `totals` are the account's windows, as far as known of all hosts together. What it holds is
  // taken out of the notes and put back by failed().
  SharedAsk compose(std::vector<BudgetWindow> &totals, Instant now);
  // Throws Error. Without the account's lock.
  SharedAnswer exchange(const SharedAsk &ask, const tdk_cancel *cancel);
  void failed(const SharedAsk &ask, const std::string &why, std::vector<BudgetWindow> &totals, Instant now);
  void heard(const SharedAsk &ask, const SharedAnswer &answer, std::vector<BudgetWindow> &totals, Instant now);

  bool alone() const noexcept { return alone_; }
  bool in_touch() const noexcept { return !alone_ && epoch_ != 0; }
  // ns until this host's own part has room; BudgetWindow::kUnknown: until something is answered.
  std::int64_t wait_alone(const std::vector<std::uint64_t> &amounts, Instant now);

  std::uint64_t next_lease() noexcept { return ++last_lease_; }
  // `lease` 0: taken alone. `amounts` has one for each limit.
  void took(const std::vector<std::uint64_t> &amounts, std::uint64_t lease, Instant now);
  void ended(const std::vector<Charge> &charges, std::uint64_t lease, Instant now);
  void saw(std::uint32_t limit, std::uint64_t used, const Charge *source);
  void held(std::int64_t until_mono, std::string_view reason);

  // True when there is something to report that should not wait for the next request.
  bool due(std::int64_t mono) const noexcept;
  std::uint32_t hosts() const noexcept { return hosts_; }

  // Calls `beat` (which throws nothing) twice a second, and after hurry(), from the first call of start() until
  // stop(), on a thread of its own. Threads: any, without the account's lock.
  void start(std::function<void()> beat);
  void hurry();
  void stop();
  // Another way to the same place. Waits for the exchange under way. Threads: any.
  void reopen(std::function<std::unique_ptr<SharedBudget>()> open);

 private:
  void go_alone(const std::string &why, std::vector<BudgetWindow> &totals, Instant now);
  std::uint64_t part_of(std::uint64_t capacity) const noexcept;

  const ShareSettings settings_;
  Clock &clock_;
  const std::string host_;
  std::vector<BudgetWindow> own_;
  std::vector<std::uint64_t> unreported_;  // taken alone, by limit
  std::vector<tdk_shared_end> ends_;       // `ago_ns` is the monotonic time of the end until it is sent
  std::vector<SharedAsk::Sight> sights_;
  std::int64_t hold_until_ = INT64_MIN;    // monotonic, to be told
  std::string hold_reason_;
  std::uint64_t epoch_ = 0, last_lease_ = 0;
  std::uint32_t hosts_;
  bool alone_ = false;
  std::int64_t last_sent_ = INT64_MIN / 2, epoch_since_ = 0;  // monotonic

  std::shared_mutex way_mutex_;  // exclusive while the way changes
  std::mutex open_mutex_;
  std::function<std::unique_ptr<SharedBudget>()> open_;
  std::unique_ptr<SharedBudget> way_;

  std::mutex beat_mutex_;
  std::condition_variable beat_changed_;
  bool hurry_ = false, ending_ = false;
  std::thread beater_;
};

}  // namespace tapedeck
