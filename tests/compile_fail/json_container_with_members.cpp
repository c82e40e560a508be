// SPDX-License-Identifier: MIT
// A class that derives from a container: its own members would be lost.
// expect: es: this class derives from a container, string or optional and has members of its own, which would be lost; give it a `members` line
// expect 1: shop::Team
// expect 2: shop::Team
// expect 3: shop::Team
// expect 4: shop::Team
// expect 5: shop::Team
#include <eventsourcing/codec/json.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace shop {
#if defined(MUST_FAIL) && MUST_FAIL == 1
class Team : public std::vector<int> {
public:
    using vector::vector;
    std::string name;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 2
class Team : public std::string {
public:
    using basic_string::basic_string;
    std::string language;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 3
class Team : public std::optional<int> {
public:
    using optional::optional;
    std::string name;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 4
// hides one of the functions
class Team final : public std::map<std::string, int> {
public:
    Team() {}
    void clear();
    int number = 0;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 5
// from a container that is not of the standard library
class Numbers {
    std::vector<int> numbers_;

public:
    using value_type = int;
    auto begin() const { return numbers_.begin(); }
    auto end() const { return numbers_.end(); }
    void clear() { numbers_.clear(); }
    void push_back(int number) { numbers_.push_back(number); }
};
class Team : public Numbers {
public:
    Team() {}
    std::string name;
};
#else
class Team {
public:
    std::vector<int> numbers;
    std::string name;
    static void members(auto& self, auto&& member) {
        member("numbers", self.numbers);
        member("name", self.name);
    }
};
#endif
} // namespace shop

auto text = eventsourcing::encode_json(shop::Team{});
