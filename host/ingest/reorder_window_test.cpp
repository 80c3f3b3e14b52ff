#include "ingest/reorder_window.hpp"

#include <gtest/gtest.h>

#include <vector>

using namespace tapedeck;
namespace {

using Orders = std::vector<std::uint64_t>;

void put(ReorderWindow &window, std::uint64_t order) {
  auto page = std::make_unique<ChunkResult>();
  page->order = order;
  window.put(std::move(page));
}

Orders ready(ReorderWindow &window) {
  Orders out;
  while (const auto page = window.next()) out.push_back(page->order);
  return out;
}

Orders ready_after(ReorderWindow &window, std::uint64_t order) {
  put(window, order);
  return ready(window);
}

}  // namespace

TEST(ReorderWindow, APageThatComesEarlyWaitsForThoseAskedBefore) {
  ReorderWindow window(4);
  EXPECT_EQ(ready_after(window, 1), Orders{});
  EXPECT_EQ(ready_after(window, 2), Orders{});
  EXPECT_EQ(ready_after(window, 0), (Orders{0, 1, 2}));
  EXPECT_EQ(ready_after(window, 3), Orders{3});
}

TEST(ReorderWindow, APageThatNeverComesIsPassedOverWhenAllPlacesAreTaken) {
  ReorderWindow window(2);
  EXPECT_EQ(ready_after(window, 1), Orders{});
  EXPECT_EQ(ready_after(window, 2), Orders{});
  EXPECT_EQ(ready_after(window, 3), (Orders{1, 2, 3}));
  EXPECT_EQ(ready_after(window, 4), Orders{4});
}

TEST(ReorderWindow, APageThatComesLateGoesOnAtOnce) {
  ReorderWindow window(1);
  EXPECT_EQ(ready_after(window, 1), Orders{});
  EXPECT_EQ(ready_after(window, 2), (Orders{1, 2}));
  EXPECT_EQ(ready_after(window, 0), Orders{0});
  EXPECT_EQ(ready_after(window, 3), Orders{3});
}

TEST(ReorderWindow, TheEndHandsOverAllThatIsLeftInOrder) {
  ReorderWindow window(8);
  put(window, 7);
  put(window, 3);
  EXPECT_EQ(ready_after(window, 5), Orders{});
  window.end();
  EXPECT_EQ(ready(window), (Orders{3, 5, 7}));
}
