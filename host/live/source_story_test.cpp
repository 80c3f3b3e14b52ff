#include "live/source_story.hpp"

#include <gmock/gmock.h>

using namespace tapedeck;
using testing::ElementsAre;

namespace {

struct SourceStoryTest : testing::Test {
  void connected(const char *source) { told.emplace_back(story.next(StreamState::Connected, source)); }
  void lost(const char *source) { told.emplace_back(story.next(StreamState::Reconnecting, source)); }
  SourceStory story{{"first", "second"}};
  std::vector<std::string> told;
};

TEST_F(SourceStoryTest, AConnectionComesGoesAndComesBack) {
  connected("first");
  lost("first");
  lost("first");
  connected("first");
  connected("first");
  EXPECT_THAT(told, ElementsAre("connected", "lost", "away", "reconnected", "renewed"));
}

TEST_F(SourceStoryTest, AnotherSourceTakesOverAndGivesBack) {
  lost("first");
  connected("second");
  connected("first");
  lost("first");
  connected("second");
  EXPECT_THAT(told, ElementsAre("away", "connected", "returned", "lost", "failed_over"));
}

TEST_F(SourceStoryTest, ARefusalIsSaidAsOne) {
  connected("first");
  EXPECT_EQ(story.next(StreamState::Error, "first"), "refused");
  connected("first");
  EXPECT_EQ(story.next(StreamState::Stopped, ""), "stopped");
  EXPECT_THAT(told, ElementsAre("connected", "reconnected"));
}

}  // namespace
