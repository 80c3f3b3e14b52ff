#include "market/session_rules.hpp"

#include <gtest/gtest.h>
#include <tapedeck/layer/core.hpp>

#include "market/calendar_texts.hpp"
#include "market/session_calendar.hpp"

using namespace tapedeck;
namespace {

const std::string kHead = "zone America/New_York\nyears 2020-2025\nhours 2020-01-01 mon-fri 09:30-16:00\n";

std::optional<std::string_view> nobody(std::string_view) { return std::nullopt; }

SessionCalendar made(const std::string &text) { return {"test", read_session_rules(text, nobody)}; }

std::string refusal(const std::string &text) {
  try {
    read_session_rules(text, nobody);
  } catch (const Error &e) {
    EXPECT_EQ(e.code(), TDK_INVALID_ARGUMENT);
    return e.what();
  }
  return "not refused";
}

// The sessions of a year of New York, as instants.
std::vector<std::string> sessions(const std::string &lines, const char *from, const char *to) {
  const SessionCalendar calendar = made(kHead + lines);
  const TimeRange range{parse_time(from, 0).value(), parse_time(to, 0).value()};
  RangeSet open(range);
  open.subtract(calendar.closed(range));
  std::vector<std::string> out;
  for (const auto &r : open.ranges())
    out.push_back(format_time(r.from).substr(5, 11) + ">" + format_time(r.to).substr(5, 11));
  return out;
}

using Texts = std::vector<std::string>;

}  // namespace

// Whoever breaks a file sees it here before anybody starts the host.
TEST(SessionRules, EveryCalendarOfOursCanBeRead) {
  for (const auto &c : calendar_texts()) {
    EXPECT_NO_THROW(find_calendar(c.name)) << c.name;
    EXPECT_EQ(find_calendar(c.name)->name(), c.name);
  }
  EXPECT_EQ(calendar_names(), (Texts{"24x7", "forex", "metals", "xnys", "us-index", "xlon", "xhkg", "xtks"}));
  EXPECT_EQ(find_calendar("nyse"), nullptr);
}

TEST(SessionRules, RefusesWhatItCannotRead) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"closed", "line 4: expected a day, found nothing"},
      {"closed foo", "line 4: expected a day, found 'foo'"},
      {"closed feb 29", "line 4: no day of every year: 'feb'"},
      {"closed apr 31", "line 4: no day of every year: 'apr'"},
      {"closed 5th mon jan", "line 4: expected a day, found '5th'"},
      {"closed 2nd moon jan", "line 4: expected a weekday and a month after '2nd'"},
      {"closed 2023-02-29", "line 4: expected a day, found '2023-02-29'"},
      {"closed 2023-02-05 2023-02-05", "line 4: the dates do not ascend"},
      {"closed 2023-02-05..2023-02-04", "line 4: expected dates such as 2012-10-29..2012-10-30, found '2023-02-05..2023-02-04'"},
      {"closed jan 1 move", "line 4: expected moves such as sun+1 after 'move'"},
      {"closed jan 1 move sun", "line 4: expected a move such as sun+1, found 'sun'"},
      {"closed jan 1 move free", "line 4: expected weekdays after 'move free'"},
      {"closed jan 1 since", "line 4: expected a year or a date, found nothing"},
      {"closed jan 1 except", "line 4: expected years after 'except'"},
      {"closed jan 1 sometimes", "line 4: expected since, until, on, except or move, found 'sometimes'"},
      {"early noon dec 24", "line 4: expected a time such as 13:00, found 'noon'"},
      {"early 24:01 dec 24", "line 4: expected a time such as 13:00, found '24:01'"},
      {"hours 2021-01-01 mon-fri 16:00-09:30", "line 4: expected hours such as 09:30-16:00 or <18:00-17:00, found '16:00-09:30'"},
      {"hours 2021-01-01 mon-fri 09:00-12:00 11:00-13:00", "line 4: the hours overlap"},
      {"hours 2020-01-01 mon-fri 09:00-12:00", "line 4: the lines with hours do not ascend"},
      {"hours 2021-01-01 mon-fry 09:00-12:00", "line 4: expected weekdays such as mon-fri, found 'mon-fry'"},
      {"optional", "line 4: expected hours or days after 'optional'"},
      {"zone Asia/Tokyo", "line 4: a second zone"},
      {"table eid 2020-05-24", "line 4: the table 'eid' has no date in 2021"},
      {"table eid 2020-05-24 2019-06-04", "line 4: the dates do not ascend"},
      {"days-of xnys", "line 4: there is no calendar 'xnys'"},
      {"open 09:00", "line 4: unknown word 'open'"},
      {"auction 5 6", "line 4: more than expected: '6'"},
  };
  for (const auto &[line, said] : cases) EXPECT_EQ(refusal(kHead + line + "\n"), said);
  EXPECT_EQ(refusal(""), "line 0: the file ends without a zone");
  EXPECT_EQ(refusal("zone UTC\n"), "line 1: the file ends without its years");
  EXPECT_EQ(refusal("zone UTC\nyears 2020-2021\nhours 2020-02-01 mon 00:00-24:00"),
            "line 3: the file ends without hours for its first year");
}

TEST(SessionRules, AZoneThatDoesNotExistIsNamed) {
  try {
    made("zone Europe/Atlantis\nyears 2020-2021\nhours 2020-01-01 mon 00:00-24:00\n");
    FAIL() << "not refused";
  } catch (const Error &e) {
    EXPECT_EQ(e.code(), TDK_UNAVAILABLE);
    EXPECT_NE(std::string(e.what()).find("Europe/Atlantis"), std::string::npos) << e.what();
  }
}

TEST(SessionRules, AHolidayIsMovedOffTheWeekend) {
  // 4 July 2021 was a Sunday, 25 December 2021 a Saturday.
  const std::string lines = "closed jul 4 move sat-1 sun+1\nclosed dec 25 move sat-1 sun+1\n";
  EXPECT_EQ(sessions(lines, "2021-07-02", "2021-07-07"),
            (Texts{"07-02T13:30>07-02T20:00", "07-06T13:30>07-06T20:00"}));
  EXPECT_EQ(sessions(lines, "2021-12-23", "2021-12-28"),
            (Texts{"12-23T14:30>12-23T21:00", "12-27T14:30>12-27T21:00"}));
}

TEST(SessionRules, AHolidayMovesToAFreeDay) {
  // Christmas 2021 on Saturday and Sunday: both are kept, on Monday and Tuesday.
  EXPECT_EQ(sessions("closed dec 25 move free sat sun\nclosed dec 26 move free sat sun\n", "2021-12-24", "2021-12-30"),
            (Texts{"12-24T14:30>12-24T21:00", "12-29T14:30>12-29T21:00"}));
}

TEST(SessionRules, EarlyClosesAndLateOpensCutTheHours) {
  EXPECT_EQ(sessions("early 13:00 2021-03-01\nlate 10:30 2021-03-02\n", "2021-03-01", "2021-03-03"),
            (Texts{"03-01T14:30>03-01T18:00", "03-02T15:30>03-02T21:00"}));
}

TEST(SessionRules, ConditionsLimitARule) {
  const auto days = [](const std::string &rule) {
    RuleWords words(rule);
    const DateRule read = DateRule::read(words, {});
    Texts out;
    for (int year = 2018; year <= 2024; ++year)
      for (const Day day : read.days_in(year))
        out.push_back(format_time(day.time_since_epoch().count() * kDay).substr(0, 10));
    return out;
  };
  EXPECT_EQ(days("jul 3 on mon,tue,thu since 2018"), (Texts{"2018-07-03", "2023-07-03"}));
  EXPECT_EQ(days("jul 3 on mon-wed"), (Texts{"2018-07-03", "2019-07-03", "2023-07-03", "2024-07-03"}));
  EXPECT_EQ(days("last mon may since 2022 until 2022-12-31"), (Texts{"2022-05-30"}));
  EXPECT_EQ(days("easter -2 since 2023"), (Texts{"2023-04-07", "2024-03-29"}));
  EXPECT_EQ(days("4th thu nov +1 until 2019"), (Texts{"2018-11-23", "2019-11-29"}));
  EXPECT_EQ(days("dec 25 except 2018 2019 2020 2021 2022 2023"), (Texts{"2024-12-25"}));
}

TEST(SessionRules, EasterOfEveryKindOfYear) {
  const auto easter = [](int year) { return format_time(easter_sunday(year).time_since_epoch().count() * kDay).substr(0, 10); };
  EXPECT_EQ(easter(1990), "1990-04-15");
  EXPECT_EQ(easter(2000), "2000-04-23");
  EXPECT_EQ(easter(2008), "2008-03-23");
  EXPECT_EQ(easter(2011), "2011-04-24");
  EXPECT_EQ(easter(2019), "2019-04-21");
  EXPECT_EQ(easter(2035), "2035-03-25");
}
