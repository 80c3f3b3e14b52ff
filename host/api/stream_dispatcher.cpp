#include "api/stream_dispatcher.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "api/stream_text.hpp"
#include "base/text.hpp"

namespace tapedeck::api {
namespace {

constexpr auto kPublished = static_cast<std::uint32_t>(LiveStage::Published);

// The subscription that `command` names, among the client's own.
auto own_topic(StreamClient &client, const StreamCommand &command) {
  return std::find_if(client.topics.begin(), client.topics.end(), [&](const Topic &t) {
    return t.channel == command.channel && may_mean(command.symbol, t.series.symbol) &&
           (t.channel != Channel::Candles || t.series.interval == command.interval) &&
           (!command.price || t.series.price_type == *command.price);
  });
}

}  // namespace

StreamDispatcher::StreamDispatcher(const QueryService &query, LiveHub &hub, StreamFan &fan, const StreamLimits &limits)
    : query_(query), hub_(hub), fan_(fan), limits_(limits) {
  hub_.add(fan_, 0);
}

StreamDispatcher::~StreamDispatcher() { part(); }

void StreamDispatcher::part() { hub_.remove(fan_); }

void StreamDispatcher::carry_out(const ClientPtr &client, std::string_view json) {
  std::string id;
  try {
    const StreamCommand command = parse_command(json, id);
    switch (command.action) {
      case StreamCommand::Action::Subscribe: return subscribe(client, command, id);
      case StreamCommand::Action::Unsubscribe: return unsubscribe(client, command, id);
      case StreamCommand::Action::Tap: return tap(client, command, id);
    }
  } catch (const StreamError &error) {
    client->say(error_text(error, id));
  }
}

void StreamDispatcher::count_clients(std::size_t clients) { want((clients > 0 ? kPublished : 0) | fan_.tapped_stages()); }

// Never while the fan is locked: the hub calls it with its own lock held.
void StreamDispatcher::want(std::uint32_t stages) {
  if (stages == wanted_) return;
  hub_.set_stages(fan_, stages);
  wanted_ = stages;
}

void StreamDispatcher::subscribe(const ClientPtr &client, const StreamCommand &command, const std::string &id) {
  const Found found = find(command);
  const bool known = std::find(client->topics.begin(), client->topics.end(), found.topic) != client->topics.end();
  if (!known && client->topics.size() >= limits_.subscriptions)
    throw StreamError("too_many_subscriptions", "more than " + std::to_string(limits_.subscriptions) + " subscriptions",
                      "unsubscribe from some, or open another connection");
  fan_.add(client, found.topic, found.pipeline, [&] {
    client->say(subscribed_text(true, command.channel, found.topic.series, id));
    say_snapshot(*client, found);
    say_statuses(*client, found.pipeline, &found.topic.series.symbol);
  });
  if (!known) client->topics.push_back(found.topic);
}

// The pipeline may be gone by now: what counts is what the client has.
void StreamDispatcher::unsubscribe(const ClientPtr &client, const StreamCommand &command, const std::string &id) {
  const auto own = own_topic(*client, command);
  if (own == client->topics.end())
    throw StreamError("not_subscribed", "there is no subscription to " + std::string(channel_name(command.channel)) +
                                            " of '" + printable(command.symbol, 60) + "'");
  const Topic topic = *own;
  client->topics.erase(own);
  fan_.remove(client, topic);
  client->say(subscribed_text(false, topic.channel, topic.series, id));
}

void StreamDispatcher::tap(const ClientPtr &client, const StreamCommand &command, const std::string &id) {
  const auto pipelines = hub_.pipelines();
  if (std::find(pipelines.begin(), pipelines.end(), command.pipeline) == pipelines.end()) {
    const std::string near = nearest(command.pipeline, pipelines);
    throw StreamError("unknown_pipeline", "no pipeline '" + printable(command.pipeline, 60) + "' streams",
                      near.empty() ? "there are: " + join(pipelines, ", ") : "did you mean '" + near + "'?");
  }
  want(wanted_ | static_cast<std::uint32_t>(command.stage));
  fan_.add(client, Tap{command.pipeline, command.stage}, [&] {
    client->say(tapped_text(command.pipeline, command.stage, id));
    say_statuses(*client, command.pipeline, nullptr);
  });
}

StreamDispatcher::Found StreamDispatcher::find(const StreamCommand &command) const {
  const auto meant = meanings(command.symbol, hub_.symbols());
  if (meant.size() > 1)
    throw StreamError("ambiguous_symbol", "'" + printable(command.symbol, 60) + "' may mean several things", "write " + join(meant, " or "));
  Found found;
  found.topic.channel = command.channel;
  if (command.channel == Channel::Candles) {
    found.series = hub_.find_series(command.symbol, command.interval, command.price);
    if (!found.series) explain_missing(command);
    found.topic.series = found.series->series;
    found.pipeline = found.series->pipeline;
    return found;
  }
  found.symbol = hub_.find_symbol(command.symbol);
  if (!found.symbol) explain_missing(command);
  found.topic.series.symbol = found.symbol->symbol;
  found.pipeline = found.symbol->pipeline;
  return found;
}

void StreamDispatcher::explain_missing(const StreamCommand &command) const {
  const std::string wanted = "'" + printable(command.symbol, 60) + "'";
  std::vector<std::string> intervals;
  for (const auto &i : Interval::all())
    if (hub_.find_series(command.symbol, i)) intervals.push_back(i.name());
  if (command.channel == Channel::Candles && !intervals.empty())
    throw StreamError("unknown_interval", "no " + command.interval.name() + " candles of " + wanted + " are streamed",
                      "there are: " + join(intervals, ", "));
  std::vector<std::string> symbols = hub_.symbols();
  for (const auto &s : query_.configured()) symbols.push_back(s.symbol);
  const bool known = std::any_of(symbols.begin(), symbols.end(), [&](const auto &s) { return may_mean(command.symbol, s); });
  if (known)
    throw StreamError("not_streamed", std::string(channel_name(command.channel)) + " of " + wanted + " are not streamed",
                      "add them to 'stream' of its pipeline; GET /api/v1/candles has what is stored");
  const std::string near = nearest_symbol(command.symbol, symbols);
  throw StreamError("unknown_symbol", "unknown symbol " + wanted, near.empty() ? "" : "did you mean '" + near + "'?");
}

void StreamDispatcher::say_snapshot(StreamClient &client, const Found &found) const {
  LiveText text;
  if (found.series) {
    if (const auto last = hub_.last(*found.series)) client.say(text.candle(found.series->series, last->row, last->source));
  } else if (found.topic.channel == Channel::Quotes) {
    if (const auto last = hub_.last_quote(*found.symbol)) client.say(text.tick(found.symbol->symbol, last->tick, last->source));
  }
}

// Of what the client has not been told yet; as long as it subscribes it hears of every change. `symbol`
// NULL: all.
void StreamDispatcher::say_statuses(StreamClient &client, const std::string &pipeline, const std::string *symbol) const {
  std::set<std::uint64_t> told;  // those that are replaced by now need not be remembered
  for (const auto &s : hub_.statuses()) {
    const bool due = symbol != nullptr ? concerns(s, pipeline, *symbol) : s.pipeline == pipeline;
    const bool known = client.told.count(s.number) != 0;
    if (due && !known) client.say(status_text(s));
    if (due || known) told.insert(s.number);
  }
  client.told = std::move(told);
}

}  // namespace tapedeck::api
