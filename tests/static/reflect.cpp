// SPDX-License-Identifier: MIT
#include <eventsourcing/core/reflect.hpp>

#include <array>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

namespace {

using namespace eventsourcing;

struct Empty {};
struct Plain {
    std::string id;
    int n = 1;
};
struct Final final {
    std::string id;
};
struct Derived : Plain {
    int more;
};
struct EmptyBase : Empty {
    int more;
};
class Private {
public:
    int seen() const { return hidden_; }

private:
    int hidden_ = 0;
};
struct Constructed {
    Constructed() {}
    int n = 0;
};
struct Virtual {
    int n = 0;
    virtual ~Virtual() = default;
};
union Either {
    int a;
    float b;
};
enum class Kind { a };

static_assert(Reflectable<Empty>);
static_assert(Reflectable<Plain>);
static_assert(Reflectable<Final>);
static_assert(!Reflectable<Derived>);
static_assert(!Reflectable<EmptyBase>);
static_assert(!Reflectable<Private>);
static_assert(!Reflectable<Constructed>);
static_assert(!Reflectable<Virtual>);
static_assert(!Reflectable<Either>);
static_assert(!Reflectable<Kind>);
static_assert(!Reflectable<int>);
static_assert(!Reflectable<Plain*>);
static_assert(!Reflectable<int[3]>);
static_assert(!Reflectable<std::string>);
static_assert(!Reflectable<std::vector<int>>);
static_assert(!Reflectable<std::array<int, 2>>);
static_assert(!Reflectable<std::tuple<int, int>>);
static_assert(!Reflectable<std::pair<int, int>>);
static_assert(!Reflectable<std::variant<int, bool>>);

struct WithArrays {
    char name[8];
    int grid[2][2];
    std::string names[2];
    int after;
};
static_assert(field_count<WithArrays> == 4);
static_assert(field_names<WithArrays>[1] == "grid");
static_assert(field_names<WithArrays>[3] == "after");

struct Listed {
    int x;
    static void members(auto& self, auto&& member) { member("x", self.x); }
};
struct MutableOnly {
    int x;
    static void members(MutableOnly& self, auto&& member) { member("x", self.x); }
};
struct DataNamedMembers {
    std::vector<int> members;
};
struct MethodNamedMembers {
    int members() const { return 1; }
};

static_assert(detail::WithMembers<Listed>);
static_assert(detail::WithMembers<const Listed>);
static_assert(detail::WithMembers<MutableOnly>);
static_assert(!detail::WithMembers<const MutableOnly>);
static_assert(!detail::WithMembers<Plain>);
static_assert(!detail::WithMembers<DataNamedMembers>);
static_assert(!detail::WithMembers<MethodNamedMembers>);
static_assert(!detail::WithMembers<int>);
static_assert(!detail::WithMembers<Either>);

} // namespace
