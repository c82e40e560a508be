// SPDX-License-Identifier: MIT
#include <eventsourcing/core/calendar.hpp>

#include "catch.hpp"

using namespace eventsourcing::detail;

TEST_CASE("every day from year 0 to 10000 has the next number, and the number has that day") {
    std::int64_t number = days_from_date({0, 1, 1});
    CHECK(number == -719'528);
    int wrong = 0;
    for (int year = 0; year <= 10'000; ++year)
        for (int month = 1; month <= 12; ++month)
            for (int day = 1; day <= days_in_month(year, month); ++day, ++number) {
                const auto date = date_from_days(number);
                wrong += days_from_date({year, month, day}) == number ? 0 : 1;
                wrong += date.year == year && date.month == month && date.day == day ? 0 : 1;
            }
    CHECK(wrong == 0);
    CHECK(number == days_from_date({10'001, 1, 1}));
}

TEST_CASE("February has 29 days in years divisible by 4, but not by 100, unless by 400") {
    CHECK(days_in_month(2024, 2) == 29);
    CHECK(days_in_month(2026, 2) == 28);
    CHECK(days_in_month(1900, 2) == 28);
    CHECK(days_in_month(2000, 2) == 29);
}

static_assert(days_from_date({1970, 1, 1}) == 0 && days_from_date({2000, 3, 1}) == 11'017);
static_assert(days_from_date({1, 1, 1}) * seconds_per_day == first_second);
static_assert(days_from_date({10'000, 1, 1}) * seconds_per_day == last_second + 1);
