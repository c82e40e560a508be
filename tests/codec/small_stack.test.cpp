// SPDX-License-Identifier: MIT
#include <eventsourcing/codec/small_stack.hpp>

#include "catch.hpp"

using eventsourcing::detail::SmallStack;

TEST_CASE("A small stack keeps its elements when it outgrows its own room") {
    SmallStack<int, 2> stack;
    CHECK(stack.size() == 0);
    for (int i = 0; i < 100; ++i)
        stack.push(i);
    CHECK(stack.size() == 100);
    for (std::size_t i = 0; i < 100; ++i)
        CHECK(stack[i] == static_cast<int>(i));
    CHECK(*stack.from(7) == 7);
    stack.shrink(3);
    CHECK(stack.size() == 3);
    stack.push(-1);
    CHECK(stack[3] == -1);
    CHECK(stack[2] == 2);
}
